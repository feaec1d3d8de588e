using System;
using System.IO;
using System.Linq;
using System.Net;
using NodeDns.Config;
using NodeDns.Discovery;
using NodeDns.Hosting;
using NodeDns.Logging;
using NodeDns.Pipeline;
using NodeDns.Timing;
using NodeDns.Upstreams;

namespace NodeDns.Cli;

/// <summary><c>nodedns check-config FILE</c>: reads a Corefile as the server would and prints everything it finds.</summary>
internal static class CheckConfigCommand
{
    public static int Run(string path, ServerOptions options, TextReader input, TextWriter output, TextWriter errors)
    {
        Clock clock = new();
        CorefileContext context = options.ToCorefileContext();
        using UpstreamDiscovery names = new(clock, Log.To(errors), context.Files, context.LocalAddresses);
        context = context with { ResolveUpstream = names.Resolve };
        names.BeginReading();
        CorefileSource source = CorefileSource.Choose(
            options with { ConfigPath = path, BaseCorefile = null, LocalAddresses = [] }, () => input, context.Files);
        CorefileResult result = source.Read(context);
        Print(result, errors);
        if (result.Config is null)
        {
            errors.WriteLine($"{source.Name}: {Count(result.Errors.Length, "error")}");
            return 1;
        }

        // Certificates are read when upstreams are made: make them, and let them go.
        UpstreamRegistry upstreams = new(clock);
        try
        {
            foreach (ForwardConfig forward in result.Config.Blocks.SelectMany(block => block.Forwards))
            {
                UpstreamCompiler.Compile(forward, forward.Upstreams.Select(Placed), upstreams);
            }
        }
        catch (InvalidOperationException refused)
        {
            errors.WriteLine(refused.Message);
            return 1;
        }

        output.WriteLine(result.Warnings.IsEmpty
            ? $"{source.Name}: good"
            : $"{source.Name}: good, {Count(result.Warnings.Length, "warning")}");
        return 0;
    }

    /// <summary>A name that has no address yet has certificates all the same.</summary>
    private static UpstreamAddressConfig Placed(UpstreamAddressConfig upstream) =>
        upstream with { EndPoint = upstream.EndPoint ?? new IPEndPoint(IPAddress.Loopback, upstream.Port) };

    /// <summary>One line for each warning and each error, in the order of the file.</summary>
    public static void Print(CorefileResult result, TextWriter errors)
    {
        foreach (string warning in result.Warnings)
        {
            errors.WriteLine($"warning: {warning}");
        }

        foreach (ConfigError error in result.Errors)
        {
            errors.WriteLine(error.ToString());
        }
    }

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";
}
