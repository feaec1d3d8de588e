using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using NodeDns.Linux.Links;
using NodeDns.Linux.Netlink;
using NodeDns.Linux.Syscalls;
using NodeDns.Logging;
using NodeDns.Metrics;

namespace NodeDns.Node;

/// <summary>Puts the addresses of -localip on this node, keeps them there, takes them away at the end.</summary>
/// <remarks>Used by one thread at a time: <see cref="NodeNetworking"/> sees to it.</remarks>
internal sealed class NodeAddresses(NodeConfig config, Log log, SetupCounters counters) : IDisposable
{
    private const int LoIndex = 1;

    private RouteSocket? _route;
    private TunDevice? _tun;
    private int _link;

    /// <summary>What holds the addresses now; never Auto once they are held.</summary>
    public InterfaceMode Mode { get; private set; } = config.Interface;

    public string LinkName { get; private set; } = "";

    public int LinkIndex => _link;

    /// <summary>Addresses that are ours to hold and to intercept: without those of ipvs.</summary>
    public ImmutableArray<IPAddress> Served { get; private set; } = config.Addresses;

    /// <summary>Addresses that we put on our link: without those that somebody else has put on another.</summary>
    private ImmutableArray<IPAddress> _held = [];

    /// <summary>Puts all addresses on this node, or none and one line that says why not.</summary>
    public bool TryHold(out string error)
    {
        SyscallResult opened = RouteSocket.TryOpen(out _route);
        NodeLinks links = new([], []);
        SyscallResult read = opened.IsError ? opened : NodeLinks.TryRead(_route!, out links);
        if (read.IsError)
        {
            error = Refuse(SetupError.InterfaceCheck, $"cannot list this node's addresses: {Say(read)}");
            return false;
        }

        Divide(links);
        if (Mode == InterfaceMode.None || _held.IsEmpty)
        {
            Mode = InterfaceMode.None;
            error = "";
            return true;
        }

        RemoveStaleDummy(links);
        if (TryMakeLink(out error) && TryAddAddresses(out error))
        {
            return true;
        }

        Release();
        return false;
    }

    /// <summary>Looks whether all is as it was set up and puts it right; returns how much had to be.</summary>
    public int Repair()
    {
        if (Mode == InterfaceMode.None)
        {
            return 0;
        }

        SyscallResult read = NodeLinks.TryRead(_route!, out NodeLinks links);
        if (read.IsError)
        {
            log.Error(Refuse(SetupError.InterfaceCheck, $"cannot list this node's addresses: {Say(read)}"));
            return 0;
        }

        RouteLink? link = links.Find(_link);
        string error = "";
        if (link is null && !TryMakeLink(out error))
        {
            log.Error(error);
            return 0;
        }

        int missing = _held.Count(address => !links.Has(_link, address));
        if (missing > 0 && !TryAddAddresses(out error))
        {
            log.Error(error);
            return 0;
        }

        if (link is { IsUp: false })
        {
            _route!.SetUp(_link);
            missing++;
        }

        return missing;
    }

    /// <summary>Takes away what can outlive the process; a TUN device goes in any case.</summary>
    public void Release()
    {
        _tun?.Dispose();
        _tun = null;
        if (_route is null || config.SkipTeardown || _link == 0 || Mode is not (InterfaceMode.Dummy or InterfaceMode.Lo))
        {
            return;
        }

        if (PortListeners.AnyOther(_held, config.DnsPort))
        {
            log.Info($"{LinkName} keeps its addresses: another process listens on them");
        }
        else if (Mode == InterfaceMode.Dummy)
        {
            _route.RemoveLink(_link);
        }
        else
        {
            foreach (IPAddress address in _held)
            {
                _route.RemoveAddress(_link, address);
            }
        }
    }

    public void Dispose()
    {
        _tun?.Dispose();
        _route?.Dispose();
    }

    /// <summary>Which addresses are ours, and which somebody else looks after.</summary>
    private void Divide(NodeLinks links)
    {
        List<IPAddress> served = [];
        List<IPAddress> held = [];
        foreach (IPAddress address in config.Addresses)
        {
            string? holder = links.ForeignHolder(address, config.InterfaceName);
            if (holder == NodeLinks.Ipvs)
            {
                log.Warning($"{address} belongs to kube-proxy in ipvs mode ({holder}): it is not intercepted; "
                    + "clients must ask the link-local address (kubelet --cluster-dns)");
                continue;
            }

            served.Add(address);
            bool isLo = holder == "lo" && Mode is InterfaceMode.Lo or InterfaceMode.Auto;
            if (holder is null || isLo)
            {
                held.Add(address);
            }
            else if (Mode != InterfaceMode.None)
            {
                log.Warning($"{address} is already on {holder}: it is used there and stays there");
            }
        }

        Served = [.. served];
        _held = [.. held];
    }

    /// <summary>A dummy link of our name on which nobody listens was left by a node-cache that did not clean up.</summary>
    private void RemoveStaleDummy(NodeLinks links)
    {
        if (Mode is InterfaceMode.Tun or InterfaceMode.Auto
            && links.Find(config.InterfaceName) is { Kind: "dummy" } stale
            && !PortListeners.AnyOther(config.Addresses, config.DnsPort)
            && !_route!.RemoveLink(stale.Index).IsError)
        {
            log.Info($"removed the dummy link {stale.Name} that an earlier node-cache left behind");
        }
    }

    private bool TryMakeLink(out string error)
    {
        error = "";
        List<string> tried = [];
        InterfaceMode[] modes = Mode == InterfaceMode.Auto ? [InterfaceMode.Tun, InterfaceMode.Dummy, InterfaceMode.Lo] : [Mode];
        foreach (InterfaceMode mode in modes)
        {
            bool made = mode switch
            {
                InterfaceMode.Tun => TryMakeTun(out error),
                InterfaceMode.Dummy => TryMakeDummy(out error),
                _ => TryUseLo(out error),
            };
            if (made)
            {
                Mode = mode;
                if (tried.Count > 0)
                {
                    log.Warning($"{string.Join("; ", tried)}; the addresses are on {LinkName} ({Word(mode)}) instead");
                }

                return true;
            }

            tried.Add(error);
        }

        error = Refuse(SetupError.InterfaceAdd, string.Join("; ", tried));
        return false;
    }

    private bool TryMakeTun(out string error)
    {
        _tun?.Dispose();
        SyscallResult result = default;
        for (int generation = 1; generation <= NodeLimits.Generations; generation++)
        {
            string name = NodeLinks.NameOf(config.InterfaceName, generation);
            result = TunDevice.TryCreate(name, out _tun);
            if (!result.IsError)
            {
                return TryUse(name, out error);
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
            _ => Say(result),
        };
        return false;
    }

    private bool TryMakeDummy(out string error)
    {
        SyscallResult result = _route!.AddDummy(config.InterfaceName);
        if (!result.IsError || result.Error == Errno.EEXIST)
        {
            return TryUse(config.InterfaceName, out error);
        }

        error = "cannot make a dummy link: " + (result.Error == Errno.EOPNOTSUPP ? "this kernel has none" : Say(result));
        return false;
    }

    private bool TryUseLo(out string error) => TryUse("lo", out error);

    /// <summary>Finds the link by its name and sees that it is up.</summary>
    private bool TryUse(string name, out string error)
    {
        SyscallResult result = NodeLinks.TryRead(_route!, out NodeLinks links);
        if (!result.IsError && links.Find(name) is { } link)
        {
            LinkName = name;
            _link = name == "lo" ? LoIndex : link.Index;
            result = link.IsUp ? default : _route!.SetUp(_link);
            RemoveUnwanted(links);
        }

        error = result.IsError ? $"cannot use the link {name}: {Say(result)}" : "";
        return !result.IsError;
    }

    /// <summary>An adopted link may carry addresses of an earlier -localip. lo is not ours to tidy.</summary>
    private void RemoveUnwanted(NodeLinks links)
    {
        if (_link == LoIndex)
        {
            return;
        }

        foreach (RouteAddress one in links.Addresses)
        {
            if (one.LinkIndex == _link && !one.Address.IsIPv6LinkLocal && !_held.Contains(one.Address)
                && !_route!.RemoveAddress(_link, one.Address).IsError)
            {
                log.Info($"removed {one.Address} from {LinkName}: -localip does not name it any more");
            }
        }
    }

    private bool TryAddAddresses(out string error)
    {
        foreach (IPAddress address in _held)
        {
            SyscallResult result = _route!.AddAddress(_link, address);
            if (result.IsError && result.Error != Errno.EEXIST)
            {
                error = Refuse(SetupError.InterfaceAdd, $"cannot put {address} on {LinkName}: {Say(result)}");
                return false;
            }
        }

        error = "";
        return true;
    }

    private string Refuse(SetupError kind, string error)
    {
        counters.Count(kind);
        return error;
    }

    private static string Word(InterfaceMode mode) => mode switch
    {
        InterfaceMode.Dummy => "a dummy link, which outlives the process",
        _ => "the loopback interface, where they outlive the process",
    };

    private static string Say(SyscallResult result) => $"{Errno.Name(result.Error)} ({Errno.Message(result.Error)})";
}
