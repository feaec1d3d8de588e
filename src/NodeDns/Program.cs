using System;
using System.Runtime;
using NodeDns.Cli;
using NodeDns.Config;
using NodeDns.Hosting;
using NodeDns.Logging;
using NodeDns.Timing;

namespace NodeDns;

/// <summary>The composition root: flags, then a command that prints something, or the server.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        CommandLine line = CommandLine.Parse(arguments);
        if (!Commands.AsksToServe(line))
        {
            // A server has no use for the console's readers and writers, which take a start 5 ms.
            return Commands.Run(line, Console.In, Console.Out, Console.Error);
        }

        // The tables of a start are large enough for three full collections, 15 ms of it; there is one behind it instead.
        GCLatencyMode mode = GCSettings.LatencyMode;
        GCSettings.LatencyMode = GCLatencyMode.LowLatency;
        Clock clock = new();
        using LogQueue logs = new(clock, line.Options.LogFormat);
        CorefileSource source = CorefileSource.Choose(line.Options, () => Console.In, CorefileFiles.OfSystem);
        using Server server = new(line.Options, source, clock, logs)
        {
            Started = () =>
            {
                GCSettings.LatencyMode = mode;
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            },
        };
        return server.Run();
    }
}
