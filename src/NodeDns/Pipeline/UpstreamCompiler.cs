using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using NodeDns.Config;
using NodeDns.Linux.Sockets;
using NodeDns.Upstreams;
using NodeDns.Upstreams.Streams;

namespace NodeDns.Pipeline;

/// <summary>The upstreams of one <c>forward</c> line, with the rules of their connections.</summary>
/// <remarks>Control plane.</remarks>
internal static class UpstreamCompiler
{
    /// <param name="addresses">What the line's names and files stand for now.</param>
    public static (UpstreamState[] States, StreamRules[] Streams) Compile(
        ForwardConfig forward, IEnumerable<UpstreamAddressConfig> addresses, UpstreamRegistry upstreams)
    {
        List<UpstreamState> states = [];
        List<StreamRules> streams = [];
        foreach (UpstreamAddressConfig upstream in addresses)
        {
            if (states.Count == UpstreamLimits.MaxUpstreams)
            {
                break;
            }

            if (upstream.EndPoint is not { } endPoint)
            {
                continue;
            }

            UpstreamIdentity identity = IdentityOf(forward, upstream, endPoint);
            StreamRules rules = RulesOf(forward, identity, endPoint.Address);
            UpstreamState state = upstreams.Get(identity, rules);
            if (!states.Contains(state))
            {
                states.Add(state);
                streams.Add(rules);
            }
        }

        return ([.. states], [.. streams]);
    }

    private static UpstreamIdentity IdentityOf(ForwardConfig forward, UpstreamAddressConfig upstream, IPEndPoint endPoint)
    {
        PeerAddress address = PeerAddress.From(endPoint);
        return upstream.Transport == Transport.Dns
            ? new UpstreamIdentity(address, Transport.Dns)
            : new UpstreamIdentity(
                address, upstream.Transport, upstream.ServerName ?? forward.TlsServerName ?? upstream.HostName,
                upstream.Path, forward.Tls, upstream.Transport == Transport.Https ? forward.DohMethod : DohMethod.Post);
    }

    private static StreamRules RulesOf(ForwardConfig forward, in UpstreamIdentity identity, IPAddress address)
    {
        StreamRules rules = new(
            (long)forward.Expire.TotalMilliseconds, (long)forward.MaxAge.TotalMilliseconds, forward.MaxIdleConnections,
            forward.SourceAddress);
        if (identity.Transport == Transport.Dns)
        {
            return rules;
        }

        TlsRules tls = TlsFiles.TryLoad(identity.Tls, identity.Name ?? address.ToString(), out string error)
            ?? throw new InvalidOperationException($"{forward.Location}: forward: {error}");
        return identity.Transport == Transport.Tls
            ? rules with { Tls = tls }
            : rules with { Tls = tls, Https = new HttpsRules(ResourceOf(identity, address), identity.Method) };
    }

    private static Uri ResourceOf(in UpstreamIdentity identity, IPAddress address)
    {
        string host = identity.Name
            ?? (address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{new IPAddress(address.GetAddressBytes())}]" : address.ToString());
        return new Uri($"https://{host.TrimEnd('.')}:{identity.Address.Port}{identity.Path}");
    }
}
