using System;
using NodeDns.Admin;
using NodeDns.Linux.Netfilter;
using NodeDns.Logging;
using NodeDns.Metrics;
using NodeDns.Node;

namespace NodeDns.Hosting;

/// <summary>The node's part in the life of the server; does nothing when -localip was not given.</summary>
internal sealed class NodeStage : IDisposable
{
    private const string ReadyPart = "node";
    private readonly NodeNetworking? _node;

    public NodeStage(ServerOptions options, Readiness readiness, Log log, SetupCounters counters)
    {
        NodeConfig config = options.ToNodeConfig();
        IsOnNode = !config.Addresses.IsEmpty;
        if (config.IsWanted)
        {
            _node = new NodeNetworking(config, new IptablesProgram(), log, counters);
            readiness.Add(ReadyPart, () => _node.IsReady);
        }
    }

    /// <summary>Whether this is a node's cache (-localip), whoever looks after its addresses.</summary>
    public bool IsOnNode { get; }

    public bool WantsInterception => _node?.WantsInterception ?? false;

    /// <summary>What intercepts queries now; null when nothing does.</summary>
    public string? InterceptionText => _node?.InterceptionText;

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

    public void Register(ControlServer control)
    {
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
