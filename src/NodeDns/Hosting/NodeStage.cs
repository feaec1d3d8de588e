using System;
using System.Collections.Generic;
using System.Linq;
using NodeDns.Admin;
using NodeDns.Linux.Netfilter;
using NodeDns.Logging;
using NodeDns.Metrics;
using NodeDns.Node;
using NodeDns.Pipeline;

namespace NodeDns.Hosting;

/// <summary>The node's part in the life of the server; does nothing when -localip was not given.</summary>
internal sealed class NodeStage : IDisposable
{
    private const string ReadyPart = "node";
    private const string InterceptionPart = "interception";
    private readonly NodeNetworking? _node;
    private readonly Readiness _readiness;

    public NodeStage(ServerOptions options, Readiness readiness, Log log, SetupCounters counters)
    {
        _readiness = readiness;
        NodeConfig config = options.ToNodeConfig();
        Mode = config.Interception.ToString().ToLowerInvariant();
        IsOnNode = !config.Addresses.IsEmpty;
        if (config.IsWanted)
        {
            _node = new NodeNetworking(config, new IptablesProgram(), log, counters);
            readiness.Add(ReadyPart, () => _node.IsReady);
            readiness.Add(InterceptionPart, () => _node.IsIntercepting);
        }
    }

    /// <summary>Whether this is a node's cache (-localip), whoever looks after its addresses.</summary>
    public bool IsOnNode { get; }

    public bool WantsInterception => _node?.WantsInterception ?? false;

    /// <summary>What intercepts queries now; null when nothing does.</summary>
    public string? InterceptionText => _node?.InterceptionText;

    /// <summary>How interception was asked for.</summary>
    public string Mode { get; }

    /// <summary>Whether queries are sent here now; true where nobody wants that.</summary>
    public bool IsIntercepting => _node is null || _node.IsIntercepting;

    /// <summary>How queries get here; MISSING in it means that they should and do not.</summary>
    public string Interception => _node is null ? "off" : _node.InterceptionState;

    /// <summary>What of this node's set-up is not there now.</summary>
    public IEnumerable<string> Missing => _node is null
        ? []
        : _node.Status().Split('\n').Where(line => line.Contains("MISSING", StringComparison.Ordinal)).Select(line => line.Trim());

    /// <summary>Before sockets are bound: the addresses.</summary>
    public bool TryPrepare(out string error)
    {
        error = "";
        return _node is null || _node.TryPrepare(out error);
    }

    /// <summary>Once queries are answered: have them sent here.</summary>
    public bool TryIntercept(out string error)
    {
        error = "";
        return _node is null || _node.TryIntercept(out error);
    }

    /// <summary>Before a plan's sockets are opened and others closed: what will not be listened on is left to kube-dns.</summary>
    public void Narrow(ServingPlan plan) => _node?.Narrow([.. plan.Listeners.Keys]);

    /// <summary>When they are open.</summary>
    public void Listen(ServingPlan plan) => _node?.Listen([.. plan.Listeners.Keys]);

    public void Register(ControlServer control)
    {
        // For a startup probe, which ends a process that fails it: one that serves but cannot intercept is worth keeping.
        control.Register("net ready", _ => _readiness.Missing(continuously: true).Where(part => part != InterceptionPart).ToArray()
            is { Length: > 0 } missing
            ? $"{ControlServer.ErrorPrefix}not ready: {string.Join(' ', missing)}"
            : "ready");
        if (_node is not null)
        {
            control.Register("net status", _ => _node.Status());
            control.Register("net apply", _ => _node.Resume());
            control.Register("net remove", _ => _node.Pause());
        }
    }

    /// <summary>Before the sockets go: have queries sent elsewhere.</summary>
    public void StopIntercepting() => _node?.StopIntercepting();

    /// <summary>After the sockets are empty: the rest of the rules, and the addresses.</summary>
    public void Release() => _node?.Release();

    public void Dispose() => _node?.Dispose();
}
