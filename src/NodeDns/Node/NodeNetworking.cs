using System;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using NodeDns.Linux.Netfilter;
using NodeDns.Linux.Netlink;
using NodeDns.Logging;
using NodeDns.Metrics;

namespace NodeDns.Node;

/// <summary>All that is done to this node: addresses, interception, keeping both as they should be, and the end of it.</summary>
/// <remarks>
/// Order of the start: <see cref="TryPrepare"/>, sockets, answers, <see cref="TryIntercept"/>. Of the end:
/// <see cref="StopIntercepting"/>, sockets, <see cref="Release"/>. A thread of its own reconciles; one gate keeps the two apart.
/// </remarks>
internal sealed class NodeNetworking : IDisposable
{
    private readonly NodeConfig _config;
    private readonly Log _log;
    private readonly SetupCounters _counters;
    private readonly NodeAddresses _addresses;
    private readonly IptablesTables _iptables;
    private readonly StaleRules _stale;
    private readonly Lock _gate = new();
    private ImmutableArray<IPEndPoint>? _listening;
    private ImmutableArray<IPAddress> _unheard = [];
    private NftInterception? _nft;
    private IInterception? _interception;
    private RouteMonitor? _monitor;
    private Thread? _thread;
    private readonly ManualResetEventSlim _stop = new();
    private bool _isPaused;
    private volatile bool _isNothingWanted;

    public NodeNetworking(NodeConfig config, IptablesProgram program, Log log, SetupCounters counters)
    {
        _config = config;
        _log = log;
        _counters = counters;
        _addresses = new NodeAddresses(config, log, counters);
        _iptables = new IptablesTables(program, counters);
        _stale = new StaleRules(config, _iptables, log);
    }

    /// <summary>Whether everything that was asked for was tried, so that queries may come.</summary>
    public bool IsReady { get; private set; }

    /// <summary>Whether queries are to be intercepted on this node.</summary>
    public bool WantsInterception => _config.Interception != InterceptionMode.None;

    /// <summary>What intercepts queries now; null when nothing does.</summary>
    public string? InterceptionText => Volatile.Read(ref _interception)?.Description;

    /// <summary>Whether queries are sent here now, or are not to be.</summary>
    public bool IsIntercepting =>
        _config.Interception == InterceptionMode.None || _isNothingWanted || Volatile.Read(ref _interception) is not null;

    /// <summary>How queries get here, in a few words; MISSING in it means that they should and do not.</summary>
    public string InterceptionState => _config.Interception == InterceptionMode.None ? "off"
        : _isPaused ? "off, by `nodedns net remove`"
        : _isNothingWanted ? "none: no address of -localip is ours to intercept"
        : _interception?.Description ?? "MISSING";

    /// <summary>Cleans up after the dead and puts the addresses on this node, so that sockets can be bound to them.</summary>
    public bool TryPrepare(out string error)
    {
        if (!Capabilities.OfThisProcess().HasNetAdmin)
        {
            error = Capabilities.NetAdminMissing;
            return false;
        }

        if (_config.Interception is InterceptionMode.Auto or InterceptionMode.Nft)
        {
            _nft = new NftInterception(_iptables, _config.SkipTeardown, _counters, _log);
        }

        _stale.Remove(_ => true);
        return _addresses.TryHold(out error);
    }

    /// <summary>
    /// Where the server listens from now on. An address on which nobody listens is not intercepted, or its queries would be
    /// kept from kube-dns for nobody. Not called: somebody else listens, on all addresses.
    /// </summary>
    public void Listen(ImmutableArray<IPEndPoint> endPoints)
    {
        lock (_gate)
        {
            _listening = endPoints;
            Adjust();
        }
    }

    /// <summary>Before sockets are closed: only these of them stay.</summary>
    public void Narrow(ImmutableArray<IPEndPoint> endPoints)
    {
        lock (_gate)
        {
            _listening = _listening is { } before ? [.. before.Where(endPoints.Contains)] : endPoints;
            Adjust();
        }
    }

    /// <summary>Turns interception on and starts to look after everything.</summary>
    public bool TryIntercept(out string error)
    {
        bool intercepts = TryInstall(out error);
        if (!intercepts && _config.Interception != InterceptionMode.Auto)
        {
            return false;
        }

        if (!intercepts)
        {
            _log.Error($"{error}; serving without interception, next try in {_config.SyncInterval.TotalSeconds} s");
        }

        string held = _addresses.LinkName.Length > 0 ? $"{_addresses.LinkName} holds" : "this node has";
        _log.Info($"node: {held} {string.Join(' ', _config.Addresses)}; {_interception?.Description ?? "no interception"}");
        RouteMonitor.TryOpen(out _monitor);
        _thread = new Thread(Run) { Name = "node-sync", IsBackground = true };
        _thread.Start();
        IsReady = true;
        error = "";
        return true;
    }

    /// <summary>New queries to the ClusterIP go to kube-dns from here on.</summary>
    public void StopIntercepting()
    {
        IsReady = false;
        _stop.Set();
        _monitor?.Wake();
        WithinGate(NodeLimits.ReconcileAtEnd, () => _interception?.StopRequests());
    }

    /// <summary>Takes away the rest of the rules and the addresses.</summary>
    public void Release()
    {
        _stop.Set();
        _monitor?.Wake();
        WithinGate(NodeLimits.ReconcileAtEnd, () =>
        {
            _interception?.Remove();
            _addresses.Release();
        });
    }

    /// <summary>Turns interception off while the server goes on serving, until <see cref="Resume"/>.</summary>
    public string Pause()
    {
        lock (_gate)
        {
            _isPaused = true;
            _interception?.StopRequests();
            _interception?.Remove();
            _interception = null;
            return "interception is off until `nodedns net apply`; the server goes on serving its addresses";
        }
    }

    /// <summary>Looks after everything now and says what had to be done.</summary>
    public string Resume()
    {
        lock (_gate)
        {
            _isPaused = false;
            int repaired = Reconcile();
            return repaired == 0 ? "nothing had to be changed" : $"{repaired} addresses or rules put right";
        }
    }

    /// <summary>What stands on this node now.</summary>
    public string Status()
    {
        lock (_gate)
        {
            string interception = _isPaused ? "off (`nodedns net apply` turns it on)" : _interception?.Description ?? "none";
            return NodeStatus.Describe(_config, _iptables)
                + $"interception: {interception}\n"
                + string.Concat(_unheard.Select(address => $"  not of {address}: no server block listens there\n"))
                + string.Concat((_interception?.Missing() ?? []).Select(what => $"  MISSING {what}\n"));
        }
    }

    public void Dispose()
    {
        _stop.Set();
        _monitor?.Wake();
        _nft?.Dispose();
        _addresses.Dispose();
    }

    /// <summary>What is to be intercepted as things are.</summary>
    private NotrackScope Wanted()
    {
        if (_listening is not { } listening)
        {
            _isNothingWanted = _addresses.Served.IsEmpty;
            return _config.ScopeOf(_addresses.Served);
        }

        bool IsOn(IPAddress address) => listening.Contains(new IPEndPoint(address, _config.DnsPort));
        bool IsOnAll(IPAddress address) => IsOn(
            address.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any);
        ImmutableArray<IPAddress> heard = [.. _addresses.Served.Where(address => IsOn(address) || IsOnAll(address))];
        SayUnheard([.. _addresses.Served.Except(heard)]);
        _isNothingWanted = heard.IsEmpty;
        return _config.ScopeOf(heard) with { HasWildcardListeners = heard.Any(address => !IsOn(address)) };
    }

    private void SayUnheard(ImmutableArray<IPAddress> unheard)
    {
        foreach (IPAddress address in unheard.Except(_unheard))
        {
            _log.Warning($"no server block listens on {address} port {_config.DnsPort}: it is not intercepted "
                + "(add it to `bind`, or take it out of -localip)");
        }

        _unheard = unheard;
    }

    /// <summary>Intercepts what is to be intercepted now, when that is something else than before.</summary>
    private void Adjust()
    {
        if (_interception is null || Wanted() is not { } wanted || wanted.Covers(_interception.Scope))
        {
            return;
        }

        if (wanted.Addresses.IsEmpty)
        {
            _interception.StopRequests();
            _interception.Remove();
            _interception = null;
            _log.Info("node: no interception");
        }
        else if (_interception.TryChange(wanted, out string error))
        {
            _log.Info($"node: {_interception.Description}: {string.Join(' ', wanted.Addresses)}");
        }
        else
        {
            _log.Error(error);
        }
    }

    private bool TryInstall(out string error)
    {
        error = "";
        NotrackScope scope = Wanted();
        if (scope.Addresses.IsEmpty || _config.Interception == InterceptionMode.None)
        {
            return true;
        }

        if (_nft is not null)
        {
            _nft.Scope = scope;
            if (_nft.TryInstall(out error))
            {
                _interception = _nft;
                return true;
            }

            if (_config.Interception == InterceptionMode.Nft)
            {
                return false;
            }

            _log.Warning($"{error}; trying iptables");
        }

        string before = error;
        IptablesInterception iptables = new(scope, _iptables, _config.SkipTeardown, _log);
        if (!iptables.TryInstall(out error))
        {
            error = before.Length == 0 ? error : $"{before}; {error}";
            return false;
        }

        _interception = iptables;
        return true;
    }

    private void Run()
    {
        while (!_stop.IsSet)
        {
            bool changed = Wait();
            if (changed)
            {
                _stop.Wait(NodeLimits.Settle);
            }

            lock (_gate)
            {
                if (!_stop.IsSet)
                {
                    Reconcile();
                }
            }
        }
    }

    private bool Wait()
    {
        if (_monitor is not null)
        {
            return _monitor.Wait(_addresses.LinkIndex, _config.SyncInterval);
        }

        _stop.Wait(_config.SyncInterval);
        return false;
    }

    private int Reconcile()
    {
        int repaired = 0;
        try
        {
            _stale.RemoveWhenAlone(IsStale);
            repaired = _addresses.Repair();
            Adjust();
            if (_interception is not null)
            {
                repaired += _interception.Repair();
            }
            else if (!_isPaused && TryInstall(out _) && _interception is not null)
            {
                repaired++;
                _log.Info($"node: {_interception.Description}");
            }
        }
        catch (Exception broken) when (broken is not OutOfMemoryException)
        {
            // The next round may find the node in order again; the server goes on in any case.
            _log.Error($"node: {broken}");
        }

        if (repaired > 0)
        {
            _counters.CountRepairs(repaired);
            _log.Warning($"node: {repaired} addresses or rules were missing and are back");
        }

        return repaired;
    }

    /// <summary>Whether a rule is none that our own interception keeps.</summary>
    private bool IsStale(string line) => _interception switch
    {
        NftInterception => !line.Contains(IptablesRule.AllowTraffic, StringComparison.Ordinal),
        IptablesInterception => IptablesRuleSet.IsUnguardedRequest(line),
        _ => true,
    };

    private void WithinGate(TimeSpan limit, Action action)
    {
        bool entered = _gate.TryEnter(limit);
        try
        {
            // A reconcile that hangs must not hold up the end; what it does then is bounded and repeatable.
            action();
        }
        catch (Exception broken) when (broken is not OutOfMemoryException)
        {
            _log.Error($"node: {broken}");
        }
        finally
        {
            if (entered)
            {
                _gate.Exit();
            }
        }
    }
}
