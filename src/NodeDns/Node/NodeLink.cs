using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Net;
using NodeDns.Linux.Links;
using NodeDns.Linux.Netlink;
using NodeDns.Linux.Syscalls;
using NodeDns.Logging;

namespace NodeDns.Node;

/// <summary>The link that holds the addresses: made in the first way that this node allows, adopted where it is there.</summary>
/// <remarks>Used by one thread at a time: <see cref="NodeNetworking"/> sees to it.</remarks>
internal sealed class NodeLink(NodeConfig config, Log log) : IDisposable
{
    private const int LoIndex = 1;

    private TunDevice? _tun;

    /// <summary>What the link is; Auto until it was made.</summary>
    public InterfaceMode Mode { get; private set; } = config.Interface;

    /// <summary>Empty until it was made.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The kernel's number of it; 0 until it was made.</summary>
    public int Index { get; private set; }

    public bool OutlivesTheProcess => Index != 0 && Mode is InterfaceMode.Dummy or InterfaceMode.Lo;

    /// <summary>Makes the link, or finds it, and sees that it is up and carries no address of an earlier -localip.</summary>
    public bool TryMake(RouteSocket route, ImmutableArray<IPAddress> wanted, out string error)
    {
        error = "";
        List<string> tried = [];
        InterfaceMode[] modes = Mode == InterfaceMode.Auto ? [InterfaceMode.Tun, InterfaceMode.Dummy, InterfaceMode.Lo] : [Mode];
        foreach (InterfaceMode mode in modes)
        {
            bool made = mode switch
            {
                InterfaceMode.Tun => TryMakeTun(route, wanted, out error),
                InterfaceMode.Dummy => TryMakeDummy(route, wanted, out error),
                _ => TryUse(route, "lo", wanted, out error),
            };
            if (made)
            {
                Mode = mode;
                if (tried.Count > 0)
                {
                    log.Warning($"{string.Join("; ", tried)}; the addresses are on {Name} ({Word(mode)}) instead");
                }

                return true;
            }

            tried.Add(error);
        }

        error = string.Join("; ", tried);
        return false;
    }

    /// <summary>A dummy link of our name on which nobody listens was left by a node-cache that did not clean up.</summary>
    public void RemoveStaleDummy(RouteSocket route, NodeLinks links)
    {
        if (Mode is InterfaceMode.Tun or InterfaceMode.Auto
            && links.Find(config.InterfaceName) is { Kind: NodeLinks.Dummy } stale
            && !PortListeners.AnyOther(config.Addresses, config.DnsPort)
            && !route.RemoveLink(stale.Index).IsError)
        {
            log.Info($"removed the dummy link {stale.Name} that an earlier node-cache left behind");
        }
    }

    /// <summary>Takes a TUN device away, with all that is on it.</summary>
    public void CloseDevice()
    {
        _tun?.Dispose();
        _tun = null;
    }

    public void Dispose() => CloseDevice();

    private bool TryMakeTun(RouteSocket route, ImmutableArray<IPAddress> wanted, out string error)
    {
        CloseDevice();
        SyscallResult result = default;
        for (int generation = 1; generation <= NodeLimits.Generations; generation++)
        {
            string name = NodeLinks.NameOf(config.InterfaceName, generation);
            result = TunDevice.TryCreate(name, out _tun);
            if (!result.IsError)
            {
                return TryUse(route, name, wanted, out error);
            }

            // The name is another generation's, or a dummy link's that is in use.
            if (result.Error is not (Errno.EBUSY or Errno.EINVAL or Errno.EEXIST))
            {
                break;
            }
        }

        error = "cannot make a TUN device: " + result.Error switch
        {
            Errno.ENOENT or Errno.ENODEV => "/dev/net/tun is not there",
            Errno.EPERM or Errno.EACCES => "/dev/net/tun may not be used here (container runtime, or CAP_NET_ADMIN)",
            Errno.EBUSY or Errno.EINVAL or Errno.EEXIST =>
                $"there are links of all names from {config.InterfaceName} to {NodeLinks.NameOf(config.InterfaceName, NodeLimits.Generations)}",
            _ => Say(result),
        };
        return false;
    }

    private bool TryMakeDummy(RouteSocket route, ImmutableArray<IPAddress> wanted, out string error)
    {
        SyscallResult result = route.AddDummy(config.InterfaceName);
        if (!result.IsError || result.Error == Errno.EEXIST)
        {
            return TryUse(route, config.InterfaceName, wanted, out error);
        }

        error = "cannot make a dummy link: " + (result.Error == Errno.EOPNOTSUPP ? "this kernel has none" : Say(result));
        return false;
    }

    /// <summary>Finds the link by its name and sees that it is up.</summary>
    private bool TryUse(RouteSocket route, string name, ImmutableArray<IPAddress> wanted, out string error)
    {
        SyscallResult result = NodeLinks.TryRead(route, out NodeLinks links);
        RouteLink? found = links.Find(name);
        if (result.IsError || found is not { } link)
        {
            error = $"cannot use the link {name}: {(result.IsError ? Say(result) : "it is gone again")}";
            return false;
        }

        bool isForeign = _tun is null && name != "lo" && link.Kind != NodeLinks.Dummy;
        if (isForeign)
        {
            error = $"the link {name} is there and is no dummy link but {(link.Kind.Length > 0 ? link.Kind : "a device")}; "
                + "choose another -interfacename";
            return false;
        }

        Name = name;
        Index = name == "lo" ? LoIndex : link.Index;
        result = link.IsUp ? default : route.SetUp(Index);
        RemoveUnwanted(route, links, wanted);
        error = result.IsError ? $"cannot use the link {name}: {Say(result)}" : "";
        return !result.IsError;
    }

    /// <summary>
    /// An adopted link may carry addresses of an earlier -localip. Those of a process that still listens are its own, and lo
    /// is not ours to tidy.
    /// </summary>
    private void RemoveUnwanted(RouteSocket route, NodeLinks links, ImmutableArray<IPAddress> wanted)
    {
        if (Index == LoIndex)
        {
            return;
        }

        foreach (RouteAddress one in links.Addresses)
        {
            if (one.LinkIndex == Index && !one.Address.IsIPv6LinkLocal && !wanted.Contains(one.Address)
                && !PortListeners.AnyOther([one.Address], config.DnsPort)
                && !route.RemoveAddress(Index, one.Address).IsError)
            {
                log.Info($"removed {one.Address} from {Name}: -localip does not name it any more");
            }
        }
    }

    private static string Word(InterfaceMode mode) => mode switch
    {
        InterfaceMode.Dummy => "a dummy link, which outlives the process",
        _ => "the loopback interface, where they outlive the process",
    };

    private static string Say(SyscallResult result) => $"{Errno.Name(result.Error)} ({Errno.Message(result.Error)})";
}
