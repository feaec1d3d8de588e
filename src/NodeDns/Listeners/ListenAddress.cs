using System.Net;
using System.Threading;
using NodeDns.Pipeline;

namespace NodeDns.Listeners;

/// <summary>One address and port the process listens on, with the zones it serves there.</summary>
/// <remarks>Lives as long as some plan names it; a reload only exchanges its zones, so no query is lost.</remarks>
internal sealed class ListenAddress(int index, IPEndPoint endPoint, ZoneTable zones)
{
    private ZoneTable _zones = zones;

    /// <summary>Its place in every worker's table of listeners.</summary>
    public int Index { get; } = index;

    public IPEndPoint EndPoint { get; } = endPoint;

    public ZoneTable Zones
    {
        get => Volatile.Read(ref _zones);
        set => Volatile.Write(ref _zones, value);
    }
}
