namespace NodeDns.Config;

/// <summary>One key of a server block: the zone it serves (lower-case FQDN) and the port it is served on.</summary>
internal sealed record ServerKeyConfig(string Zone, int Port, Transport Transport = Transport.Dns);
