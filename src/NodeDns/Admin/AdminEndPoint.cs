using System.Net;
using System.Net.Sockets;

namespace NodeDns.Admin;

/// <summary>Where an HTTP listener is bound; no address means all of them.</summary>
internal readonly record struct AdminEndPoint(IPAddress? Address, int Port)
{
    public override string ToString() => Address switch
    {
        null => $":{Port}",
        { AddressFamily: AddressFamily.InterNetworkV6 } => $"[{Address}]:{Port}",
        _ => $"{Address}:{Port}",
    };
}
