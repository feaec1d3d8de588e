using System;
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
        if (Commands.TryRun(line, Console.In, Console.Out, Console.Error, out int exitCode))
        {
            return exitCode;
        }

        Clock clock = new();
        using LogQueue logs = new(clock, line.Options.LogFormat);
        CorefileSource source = CorefileSource.Choose(line.Options, Console.In, CorefileFiles.OfSystem);
        using Server server = new(line.Options, source, clock, logs);
        return server.Run();
    }
}
