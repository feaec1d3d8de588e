using System.Net;

namespace NodeDns.Upstreams.Streams;

/// <summary>What the operator says of the connections to one upstream.</summary>
/// <param name="IdleMilliseconds">How long a connection may be unused (<c>expire</c>).</param>
/// <param name="MaxAgeMilliseconds">How long it lives; 0 for our own limit (<c>max_age</c>).</param>
/// <param name="MaxIdle">Unused connections kept; 0 for no limit (<c>max_idle_conns</c>).</param>
/// <param name="Source">The address connections are made from; null for the kernel's choice.</param>
/// <param name="Tls">How the upstream has to show who it is; null over plain TCP.</param>
/// <param name="Https">The resource that is asked; null when messages are not sent over HTTPS.</param>
internal sealed record StreamRules(
    long IdleMilliseconds, long MaxAgeMilliseconds = 0, int MaxIdle = 0, IPAddress? Source = null, TlsRules? Tls = null,
    HttpsRules? Https = null)
{
    public static StreamRules Default { get; } = new(StreamLimits.IdleMilliseconds);
}
