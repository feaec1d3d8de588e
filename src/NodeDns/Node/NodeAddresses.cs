using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using NodeDns.Linux.Netlink;
using NodeDns.Linux.Syscalls;
using NodeDns.Logging;
using NodeDns.Metrics;

namespace NodeDns.Node;

/// <summary>Puts the addresses of -localip on this node, keeps them there, takes them away at the end.</summary>
/// <remarks>Used by one thread at a time: <see cref="NodeNetworking"/> sees to it.</remarks>
internal sealed class NodeAddresses(NodeConfig config, Log log, SetupCounters counters) : IDisposable
{
    private readonly NodeLink _link = new(config, log);
    private readonly HashSet<string> _said = [];
    private RouteSocket? _route;

    /// <summary>Addresses that we put on our link: without those that somebody else has put on another.</summary>
    private ImmutableArray<IPAddress> _held = [];

    public string LinkName => _link.Name;

    public int LinkIndex => _link.Index;

    /// <summary>Addresses that are ours to hold and to intercept: without those of ipvs.</summary>
    public ImmutableArray<IPAddress> Served { get; private set; } = config.Addresses;

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
        error = "";
        if (_held.IsEmpty)
        {
            return true;
        }

        _link.RemoveStaleDummy(_route!, links);
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
        if (_route is null)
        {
            return 0;
        }

        SyscallResult read = NodeLinks.TryRead(_route, out NodeLinks links);
        if (read.IsError)
        {
            log.Error(Refuse(SetupError.InterfaceCheck, $"cannot list this node's addresses: {Say(read)}"));
            return 0;
        }

        Divide(links);
        if (_held.IsEmpty)
        {
            return 0;
        }

        RouteLink? link = links.Find(_link.Index);
        string error = "";
        if (link is null && !TryMakeLink(out error))
        {
            log.Error(error);
            return 0;
        }

        int missing = _held.Count(address => !links.Has(_link.Index, address));
        if (missing > 0 && !TryAddAddresses(out error))
        {
            log.Error(error);
            return 0;
        }

        if (link is { IsUp: false })
        {
            _route.SetUp(_link.Index);
            missing++;
        }

        return missing;
    }

    /// <summary>Takes away what can outlive the process; a TUN device goes in any case.</summary>
    public void Release()
    {
        _link.CloseDevice();
        if (_route is null || config.SkipTeardown || !_link.OutlivesTheProcess)
        {
            return;
        }

        if (PortListeners.AnyOther(_held, config.DnsPort))
        {
            log.Info($"{LinkName} keeps its addresses: another process listens on them");
        }
        else if (_link.Mode == InterfaceMode.Dummy)
        {
            _route.RemoveLink(_link.Index);
        }
        else
        {
            foreach (IPAddress address in _held)
            {
                _route.RemoveAddress(_link.Index, address);
            }
        }
    }

    public void Dispose()
    {
        _link.Dispose();
        _route?.Dispose();
    }

    /// <summary>
    /// Which addresses are ours, and which somebody else looks after. Looked at again at every repair: kube-proxy may start
    /// after us, and in ipvs mode it puts every ClusterIP on a link of its own.
    /// </summary>
    private void Divide(NodeLinks links)
    {
        List<IPAddress> served = [];
        List<IPAddress> held = [];
        foreach (IPAddress address in config.Addresses)
        {
            string? holder = links.ForeignHolder(address, config.InterfaceName);
            if (holder == NodeLinks.Ipvs)
            {
                SayOnce($"{address} belongs to kube-proxy in ipvs mode ({holder}): it is not intercepted; "
                    + "clients must ask the link-local address (kubelet --cluster-dns)");
                continue;
            }

            served.Add(address);
            bool isOnLo = holder == "lo" && config.Interface is InterfaceMode.Lo or InterfaceMode.Auto;
            if (config.Interface != InterfaceMode.None && (holder is null || isOnLo || _held.Contains(address)))
            {
                held.Add(address);
            }
            else if (config.Interface != InterfaceMode.None)
            {
                SayOnce($"{address} is already on {holder}: it is used there and stays there");
            }
        }

        foreach (IPAddress given in _held.Where(address => !held.Contains(address)))
        {
            _route!.RemoveAddress(_link.Index, given);
        }

        Served = [.. served];
        _held = [.. held];
    }

    private bool TryMakeLink(out string error)
    {
        bool made = _link.TryMake(_route!, _held, out error);
        return made || Fail(SetupError.InterfaceAdd);
    }

    private bool TryAddAddresses(out string error)
    {
        foreach (IPAddress address in _held)
        {
            SyscallResult result = _route!.AddAddress(_link.Index, address);
            if (result.IsError && result.Error != Errno.EEXIST)
            {
                error = Refuse(SetupError.InterfaceAdd, $"cannot put {address} on {LinkName}: {Say(result)}");
                return false;
            }
        }

        error = "";
        return true;
    }

    private void SayOnce(string warning)
    {
        if (_said.Add(warning))
        {
            log.Warning(warning);
        }
    }

    private bool Fail(SetupError kind)
    {
        counters.Count(kind);
        return false;
    }

    private string Refuse(SetupError kind, string error)
    {
        counters.Count(kind);
        return error;
    }

    private static string Say(SyscallResult result) => $"{Errno.Name(result.Error)} ({Errno.Message(result.Error)})";
}
