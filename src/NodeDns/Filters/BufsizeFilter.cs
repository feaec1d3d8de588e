using System;

namespace NodeDns.Filters;

/// <summary>The bufsize directive: what a client says about its buffer counts only up to a limit.</summary>
internal readonly struct BufsizeFilter
{
    private readonly int _limit;

    private BufsizeFilter(int limit) => _limit = limit;

    /// <summary>No limit without the directive.</summary>
    public static BufsizeFilter Compile(int? bufsize) => new(bufsize ?? ushort.MaxValue);

    /// <summary>Lowers, never raises. Asked only where the client sent an OPT: none is added (as in CoreDNS).</summary>
    public ushort Limit(ushort udpPayloadSize) => (ushort)Math.Min(udpPayloadSize, _limit);
}
