using System;
using System.Linq;
using NodeDns.Config;
using NodeDns.Wire;

namespace NodeDns.Filters;

/// <summary>One ndots_filter directive: NXDOMAIN for names that only the search list of a resolver can have made.</summary>
/// <remarks>
/// A pod with ndots:5 asks for www.example.com.cluster.local before it asks for www.example.com. Such names are
/// denied here, with an SOA so that the client may remember it, and never cost an upstream a query.
/// </remarks>
internal sealed class NdotsFilter
{
    /// <summary>Why the answer is not the truth of the zone.</summary>
    public const ExtendedError Error = ExtendedError.Filtered;

    /// <summary>hostname.service.namespace: the deepest name below svc without SRV labels.</summary>
    private const int MaxServiceLabels = 3;

    private readonly byte[] _zone;
    private readonly int _zoneLabels;
    private readonly int _minLabels;
    private readonly byte[][] _allowed;
    private readonly bool _kubernetes;

    private NdotsFilter(byte[] zone, int minLabels, byte[][] allowed, bool kubernetes)
    {
        _zone = zone;
        _zoneLabels = DomainName.CountLabels(zone);
        _minLabels = minLabels;
        _allowed = allowed;
        _kubernetes = kubernetes;
    }

    public static NdotsFilter Compile(NdotsFilterConfig config)
    {
        byte[] zone = WireName.Of(config.Zone);
        return new NdotsFilter(
            zone, config.MinLabels, [.. config.Allow.Select(name => Allowed(name, config.Zone, zone))], config.Kubernetes);
    }

    public FilterVerdict Check(in QueryContext query)
    {
        ReadOnlySpan<byte> name = query.Name;
        if (!DomainName.IsSameOrBelow(name, _zone))
        {
            return FilterVerdict.Pass;
        }

        Span<byte> offsets = stackalloc byte[WireLimits.MaxLabels];
        int labels = DomainName.LabelOffsets(name, offsets) - _zoneLabels;
        if (labels <= 0 || name[1] == (byte)'_' || WireName.IsInAny(name, _allowed))
        {
            return FilterVerdict.Pass;
        }

        bool junk = _kubernetes ? CannotExist(name, offsets[..labels]) : labels >= _minLabels;
        return junk ? FilterVerdict.Answer : FilterVerdict.Pass;
    }

    public bool TryWrite(in QueryContext query, ref ResponseWriter writer) =>
        LocalAnswer.TryWriteNegative(query, ref writer, ResponseCode.NameError, _zone);

    // The Kubernetes DNS specification knows three labels below the cluster domain. Below svc stand
    // namespace, service.namespace and hostname.service.namespace, the latter two also behind _port._protocol.
    private static bool CannotExist(ReadOnlySpan<byte> name, ReadOnlySpan<byte> offsets)
    {
        ReadOnlySpan<byte> kind = Label(name, offsets[^1]);
        if (!kind.SequenceEqual("svc"u8))
        {
            return !kind.SequenceEqual("pod"u8) && !kind.SequenceEqual("dns-version"u8);
        }

        int plain = 0;
        foreach (byte offset in offsets[..^1])
        {
            plain += name[offset + 1] == (byte)'_' ? 0 : 1;
        }

        return plain > MaxServiceLabels;
    }

    private static ReadOnlySpan<byte> Label(ReadOnlySpan<byte> name, int offset) => name.Slice(offset + 1, name[offset]);

    // "allow apps" and "allow apps.example.lan" mean the same below example.lan.
    private static byte[] Allowed(string name, string zoneText, byte[] zone)
    {
        byte[] wire = WireName.Of(name);
        return DomainName.IsSameOrBelow(wire, zone) || !WireName.TryParse(name + zoneText, out byte[] below) ? wire : below;
    }
}
