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
        OwnListeners own = new(blocks, context.LocalAddresses);
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
                CheckForwardsElsewhere(block, forward, own);
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
    private void CheckForwardsElsewhere(ServerBlockConfig block, ForwardConfig forward, OwnListeners own)
    {
        int left = forward.Upstreams.Length;
        foreach (UpstreamAddressConfig upstream in forward.Upstreams)
        {
            if (upstream.Transport != Transport.Dns || upstream.EndPoint is not { } endPoint)
            {
                continue;
            }

            if (upstream.SourceFile is { } file && own.Has(endPoint))
            {
                // The file is the machine's and not the operator's word: the rest of it is of use.
                left--;
                errors.Warn(forward.Location, "forward", $"{file} names {endPoint}, which is this server itself; it is left out");
            }
            else if (ComesBack(block, endPoint, own, []))
            {
                errors.Add(
                    forward.Location,
                    "forward",
                    own.At(endPoint).Contains(block)
                        ? $"{endPoint} is an address this block itself listens on; questions would come back for ever"
                        : $"{endPoint} is another block's address, which forwards back to this one; questions would go round for ever");
            }
        }

        if (left == 0 && !forward.Upstreams.IsEmpty)
        {
            errors.Add(forward.Location, "forward", "all its upstreams are this server itself; name another one");
        }
    }

    /// <summary>Whether what is sent there reaches this block again, be it through others. One block may well ask another.</summary>
    private static bool ComesBack(ServerBlockConfig block, IPEndPoint endPoint, OwnListeners own, HashSet<ServerBlockConfig> seen)
    {
        foreach (ServerBlockConfig next in own.At(endPoint))
        {
            if (ReferenceEquals(next, block))
            {
                return true;
            }

            if (seen.Add(next) && next.Forwards
                .SelectMany(forward => forward.Upstreams)
                .Any(upstream => upstream is { Transport: Transport.Dns, EndPoint: { } further, SourceFile: null }
                    && ComesBack(block, further, own, seen)))
            {
                return true;
            }
        }

        return false;
    }
}
