using System.Collections.Generic;
using System.IO;
using NodeDns.Hosting;
using NodeDns.Linux.Netfilter;
using NodeDns.Logging;
using NodeDns.Metrics;
using NodeDns.Node;

namespace NodeDns.Cli;

/// <summary><c>nodedns net</c>: what is done to this node, said, looked at, done and undone.</summary>
/// <remarks>A running server is asked first, as it knows its own flags; without one the flags given here say what is meant.</remarks>
internal static class NetCommand
{
    public static int Run(string verb, ServerOptions options, TextWriter output, TextWriter errors)
    {
        NodeConfig config = options.ToNodeConfig();
        if (verb == "plan")
        {
            output.Write(NodePlan.Describe(config));
            return 0;
        }

        if (ControlClient.TryAsk(options.ControlSocket, $"net {verb}", out string answer))
        {
            bool refused = answer.StartsWith(ControlServer.ErrorPrefix, System.StringComparison.Ordinal);
            (refused ? errors : output).Write(refused ? $"nodedns: {answer[ControlServer.ErrorPrefix.Length..]}" : answer);
            return refused ? 1 : 0;
        }

        if (verb == "ready")
        {
            errors.WriteLine($"nodedns: {answer}");
            return 1;
        }

        if (config.Addresses.IsEmpty)
        {
            errors.WriteLine($"nodedns: {answer}; without a server the addresses are needed: -localip IP,IP");
            return Commands.UsageError;
        }

        return verb switch
        {
            "status" => Status(config, output),
            "remove" => Remove(config, output),
            _ => Apply(config, output, errors),
        };
    }

    private static int Status(NodeConfig config, TextWriter output)
    {
        output.Write(NodeStatus.Describe(config, new IptablesTables(new IptablesProgram(), new SetupCounters())));
        return 0;
    }

    private static int Remove(NodeConfig config, TextWriter output)
    {
        List<string> lines = [];
        bool removed = NodeCleanup.TryRun(config, new IptablesProgram(), lines);
        lines.ForEach(output.WriteLine);
        return removed ? 0 : 1;
    }

    /// <summary>
    /// Without a server of ours: for somebody else's on these addresses. It all goes with the process that did it, so this one
    /// stays until it is told to end.
    /// </summary>
    private static int Apply(NodeConfig config, TextWriter output, TextWriter errors)
    {
        if (config.Interception != InterceptionMode.None && !PortListeners.AnyOther(config.Addresses, config.DnsPort))
        {
            errors.WriteLine("nodedns: nobody listens on these addresses, so interception would cut this node off; "
                + "-interception none applies the addresses alone");
            return 1;
        }

        using ShutdownSignal shutdown = new(() => { });
        using NodeNetworking node = new(config, new IptablesProgram(), Log.To(output), new SetupCounters());
        if (!node.TryPrepare(out string error) || !node.TryIntercept(out error))
        {
            node.Release();
            errors.WriteLine($"nodedns: {error}");
            return 1;
        }

        output.WriteLine("this lasts as long as this process; SIGINT or SIGTERM ends both");
        shutdown.Wait();
        node.StopIntercepting();
        node.Release();
        return 0;
    }
}
