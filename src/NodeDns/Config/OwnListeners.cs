using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Net;

namespace NodeDns.Config;

/// <summary>Which addresses are this process's own: what is forwarded to one of them comes back.</summary>
internal sealed class OwnListeners(ImmutableArray<ServerBlockConfig> blocks, ImmutableArray<IPAddress> localAddresses)
{
    /// <summary>The blocks that listen on an address and port.</summary>
    public IEnumerable<ServerBlockConfig> At(IPEndPoint endPoint) =>
        blocks.Where(block => block.Keys.Any(key => key.Port == endPoint.Port) && Listens(block, endPoint.Address));

    public bool Has(IPEndPoint endPoint) => At(endPoint).Any();

    private bool Listens(ServerBlockConfig block, IPAddress address)
    {
        if (!block.Bind.IsEmpty && !block.Bind.Contains(IPAddress.Any) && !block.Bind.Contains(IPAddress.IPv6Any))
        {
            return block.Bind.Contains(address);
        }

        return IsThisHost(address) || localAddresses.Contains(address);
    }

    /// <summary>127.0.0.53 and .54 are systemd-resolved's, which binds them closer than a wildcard does.</summary>
    private static bool IsThisHost(IPAddress address) =>
        address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
        || (IPAddress.IsLoopback(address) && address.ToString() is not ("127.0.0.53" or "127.0.0.54"));
}
