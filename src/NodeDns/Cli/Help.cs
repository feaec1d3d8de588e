using System.Collections.Immutable;
using System.Text;

namespace NodeDns.Cli;

/// <summary>The page that --help prints.</summary>
internal static class Help
{
    public const string UsageHint = "`nodedns --help` lists all commands and flags";

    private const int Column = 34;

    public static string Page()
    {
        StringBuilder page = new("""
            NodeDns, a DNS cache for every node of a Kubernetes cluster.

            usage: nodedns [-conf FILE] [flags]        serve (without -conf: an example on 127.0.0.1:5300)
                   nodedns COMMAND [operands] [flags]

            commands, those about a running server over its control socket:

            """);
        foreach (CommandDefinition command in CommandDefinition.All)
        {
            page.Append("  ").Append(command.Synopsis.PadRight(Column)).Append(' ').Append(command.Text).Append('\n');
        }

        page.Append("\nserver flags (-flag value, -flag=value or with two dashes):\n");
        Append(page, Flags.Server);
        page.Append("\nflags of commands:\n");
        Append(page, Flags.Tools);
        page.Append("\nnode flags, as node-cache has them:\n");
        Append(page, Flags.Node);
        page.Append("""

            signals: SIGTERM and SIGINT stop, SIGHUP and SIGUSR1 reload.
            exit codes: 0 done, 1 a bad Corefile, an address in use, a check that failed or no server to ask,
            2 a bad command line.
            at three in the morning: nodedns selftest, nodedns top, nodedns query NAME. See nodedns(1).

            """);
        return page.ToString();
    }

    private static void Append(StringBuilder page, ImmutableArray<FlagDefinition> flags)
    {
        foreach (FlagDefinition flag in flags)
        {
            string name = flag.Alias is null ? $"-{flag.Name}" : $"-{flag.Name}, -{flag.Alias}";
            page.Append("  ").Append($"{name} {flag.Value}".PadRight(Column)).Append(' ').Append(flag.Text).Append('\n');
        }
    }
}
