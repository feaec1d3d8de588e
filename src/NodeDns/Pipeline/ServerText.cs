using System.Net;
using System.Net.Sockets;
using NodeDns.Config;

namespace NodeDns.Pipeline;

/// <summary>A listen address as CoreDNS's label <c>server</c> has it.</summary>
internal static class ServerText
{
    /// <summary>The two wildcard sockets of a port are one server to an operator.</summary>
    public static string Of(Transport transport, IPEndPoint endPoint)
    {
        bool isAny = endPoint.Address.Equals(IPAddress.Any) || endPoint.Address.Equals(IPAddress.IPv6Any);
        string host = isAny ? ""
            : endPoint.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{endPoint.Address}]"
            : endPoint.Address.ToString();
        string scheme = transport switch
        {
            Transport.Tls => "tls",
            Transport.Https => "https",
            _ => "dns",
        };
        return $"{scheme}://{host}:{endPoint.Port}";
    }
}
