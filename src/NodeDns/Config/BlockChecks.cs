using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using NodeDns.Config.Syntax;

namespace NodeDns.Config;

/// <summary>What no directive can see alone: blocks that serve the same, and forwards that come back to their own block.</summary>
internal sealed class BlockChecks(CorefileContext context, ErrorList errors)
{
    private readonly Dictionary<(string Zone, int Port), List<ServerBlockConfig>> _served = [];

    public void Check(ImmutableArray<ServerBlockConfig> blocks)
    {
        foreach (ServerBlockConfig block in blocks)
        {
            // A bind that could not be read says nothing about where the block listens.
            bool known = !block.Bind.IsEmpty || !block.Directives.Contains("bind");
            foreach (ServerKeyConfig key in known ? block.Keys : [])
            {
                CheckServedOnce(block, key);
            }

            foreach (ForwardConfig forward in block.Forwards)
            {
                CheckForwardsElsewhere(block, forward);
            }
        }
    }

    /// <summary>CoreDNS's two rules: a zone, port and address once; and not a zone on all addresses and on one of them.</summary>
    private void CheckServedOnce(ServerBlockConfig block, ServerKeyConfig key)
    {
        if (!_served.TryGetValue((key.Zone, key.Port), out List<ServerBlockConfig>? others))
        {
            _served[(key.Zone, key.Port)] = others = [];
        }

        // A block that is refused is not kept, so that each later one is compared with those that may stand.
        foreach (ServerBlockConfig other in others.Where(other => !ReferenceEquals(other, block)))
        {
            if (Conflict(block, other) is string why)
            {
                errors.Add(
                    block.Location,
                    null,
                    $"cannot serve {key.Zone}:{key.Port} - {why} (the other block is at {other.Location})");
                return;
            }
        }

        others.Add(block);
    }

    private static string? Conflict(ServerBlockConfig block, ServerBlockConfig other)
    {
        if (block.Bind.IsEmpty && other.Bind.IsEmpty)
        {
            return "it is already defined";
        }

        if (block.Bind.IsEmpty || other.Bind.IsEmpty)
        {
            return "one of the two blocks listens on all addresses and so on those of the other too; bind both";
        }

        IPAddress? shared = block.Bind.Intersect(other.Bind).FirstOrDefault();
        return shared is null ? null : $"it is already defined on {shared}";
    }

    /// <summary>What CoreDNS finds out with its loop directive by asking itself, where the addresses already show it.</summary>
    private void CheckForwardsElsewhere(ServerBlockConfig block, ForwardConfig forward)
    {
        foreach (UpstreamAddressConfig upstream in forward.Upstreams)
        {
            if (upstream.Transport == Transport.Dns && upstream.EndPoint is IPEndPoint endPoint
                && block.Keys.Any(key => key.Port == endPoint.Port) && IsOwn(block, endPoint.Address))
            {
                string source = upstream.SourceFile is null ? "" : $" (from {upstream.SourceFile})";
                errors.Add(
                    forward.Location,
                    "forward",
                    $"{endPoint}{source} is an address this block itself listens on; questions would come back for ever");
            }
        }
    }

    private bool IsOwn(ServerBlockConfig block, IPAddress address)
    {
        if (!block.Bind.IsEmpty && !block.Bind.Contains(IPAddress.Any) && !block.Bind.Contains(IPAddress.IPv6Any))
        {
            return block.Bind.Contains(address);
        }

        return IsThisHost(address) || context.LocalAddresses.Contains(address);
    }

    /// <summary>127.0.0.53 and .54 are systemd-resolved's, which binds them closer than a wildcard does.</summary>
    private static bool IsThisHost(IPAddress address) =>
        address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
        || (IPAddress.IsLoopback(address) && address.ToString() is not ("127.0.0.53" or "127.0.0.54"));
}
