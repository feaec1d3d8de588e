using System.Collections.Immutable;
using System.IO;
using NodeDns.Config.Values;
using NodeDns.Hosting;

namespace NodeDns.Cli;

/// <summary><c>nodedns cache</c>: the running server's cache, looked at and flushed.</summary>
internal static class CacheCommand
{
    public static int Run(ServerOptions options, ImmutableArray<string> operands, TextWriter output, TextWriter errors)
    {
        string request = $"cache {operands[0]}";
        if (operands.Length > 1)
        {
            if (!QueryCommand.TryName(operands[1], out string name))
            {
                return Wrong($"{Shown.Text(operands[1])} is not a domain name", errors);
            }

            request += $" {name}";
        }

        if (operands.Length > 2)
        {
            string type = operands[2].ToUpperInvariant();
            if (!ProtocolNames.TryGetType(type, out _))
            {
                return Wrong($"expected a record type such as AAAA, found {Shown.Text(operands[2])}", errors);
            }

            request += $" {type}";
        }

        return ControlClient.Run(options.ControlSocket, request, output, errors);
    }

    private static int Wrong(string error, TextWriter errors)
    {
        errors.WriteLine($"nodedns: {error}; {Help.UsageHint}");
        return Commands.UsageError;
    }
}
