using System.Net;

namespace NodeDns.Config;

/// <summary>dns64: AAAA answers made from A records (RFC 6147).</summary>
/// <param name="AllowIpv4">Also for clients that asked over IPv4.</param>
internal sealed record Dns64Config(IPNetwork Prefix, bool TranslateAll = false, bool AllowIpv4 = false);
