using System.Collections.Immutable;
using System.Text;

namespace NodeDns.Cli;

/// <summary>The page that --help prints.</summary>
internal static class Help
{
    public const string UsageHint = "`nodedns --help` lists all commands and flags";

    public static string Page()
    {
        StringBuilder page = new("""
            NodeDns, a DNS cache for every node of a Kubernetes cluster.

            usage: nodedns [-conf FILE] [flags]       serve (without -conf: an example on 127.0.0.1:5300)
                   nodedns check-config FILE          read a Corefile, print all its errors, exit 0 or 1
                   nodedns net plan [flags]           what would be done to this node, with these flags
                   nodedns net status|apply|remove    look at it, put it right, turn interception off
                   nodedns net ready                  exit 0 once it serves: for a startup probe
                   nodedns clock advance SECONDS      move the clock of a server under test
                   nodedns version                    also -version; -plugins lists the directives

            server flags (-flag value, -flag=value or with two dashes):

            """);
        Append(page, Flags.Server);
        page.Append("\nnode flags, as node-cache has them:\n");
        Append(page, Flags.Node);
        page.Append("""

            signals: SIGTERM and SIGINT stop, SIGHUP and SIGUSR1 reload.
            exit codes: 0 stopped, 1 a bad Corefile or an address in use, 2 a bad command line.

            """);
        return page.ToString();
    }

    private static void Append(StringBuilder page, ImmutableArray<FlagDefinition> flags)
    {
        foreach (FlagDefinition flag in flags)
        {
            string name = flag.Alias is null ? $"-{flag.Name}" : $"-{flag.Name}, -{flag.Alias}";
            page.Append("  ").Append($"{name} {flag.Value}".PadRight(34)).Append(' ').Append(flag.Text).Append('\n');
        }
    }
}
