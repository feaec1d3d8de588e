using System.IO;
using NodeDns.Config;
using NodeDns.Hosting;

namespace NodeDns.Cli;

/// <summary><c>nodedns check-config FILE</c>: reads a Corefile as the server would and prints everything it finds.</summary>
internal static class CheckConfigCommand
{
    public static int Run(string path, ServerOptions options, TextReader input, TextWriter output, TextWriter errors)
    {
        CorefileContext context = options.ToCorefileContext();
        CorefileSource source = CorefileSource.Choose(
            options with { ConfigPath = path, BaseCorefile = null, LocalAddresses = [] }, input, context.Files);
        CorefileResult result = source.Read(context);
        Print(result, errors);
        if (result.Config is null)
        {
            errors.WriteLine($"{source.Name}: {Count(result.Errors.Length, "error")}");
            return 1;
        }

        output.WriteLine(result.Warnings.IsEmpty
            ? $"{source.Name}: good"
            : $"{source.Name}: good, {Count(result.Warnings.Length, "warning")}");
        return 0;
    }

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
