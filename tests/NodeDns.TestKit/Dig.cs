using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;

namespace NodeDns.TestKit;

/// <summary>One run of dig, its text taken apart.</summary>
public sealed partial class Dig
{
    private Dig(CommandResult result) => Result = result;

    public CommandResult Result { get; }

    public string Text => Result.Output;

    public string Opcode => Match(OpcodePattern());

    public string Status => Match(StatusPattern());

    /// <summary>The header flags, such as qr, rd, ra.</summary>
    public IReadOnlyList<string> Flags => Match(FlagsPattern()).Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public bool HasReservedBit => Text.Contains("MBZ", StringComparison.Ordinal);

    public int Questions => Count("QUERY");

    public int Answers => Count("ANSWER");

    public int Authority => Count("AUTHORITY");

    public int Additional => Count("ADDITIONAL");

    public bool HasEdns => EdnsPattern().IsMatch(Text);

    public string EdnsVersion => Match(EdnsPattern());

    public string EdnsFlags => EdnsPattern().Match(Text).Groups[2].Value.Trim();

    /// <summary>Lines such as "OPT=100: ..." or "NSID: ..." below the EDNS line.</summary>
    public IReadOnlyList<string> EdnsOptions => [.. Text.Split('\n')
        .SkipWhile(l => !l.StartsWith("; EDNS:", StringComparison.Ordinal)).Skip(1)
        .TakeWhile(l => l.StartsWith("; ", StringComparison.Ordinal))];

    public IReadOnlyList<int> ExtendedErrors => [.. ErrorPattern().Matches(Text)
        .Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture))];

    public bool HasRecord(string type) =>
        Text.Split('\n').Any(l => !l.StartsWith(';') && l.Contains($"\tIN\t{type}\t", StringComparison.Ordinal));

    /// <summary>Asks the server on a loopback port; the arguments are dig's own, separated by blanks.</summary>
    public static async Task<Dig> RunAsync(int port, string arguments, string server = "127.0.0.1")
    {
        string[] all = [$"@{server}", "-p", port.ToString(CultureInfo.InvariantCulture), "+tries=1", "+time=5",
            .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        return new Dig(await CommandResult.RunAsync("dig", all));
    }

    private string Match(Regex pattern) => pattern.Match(Text).Groups[1].Value;

    private int Count(string section)
    {
        Match match = Regex.Match(Text, $@";; flags:.*\b{section}: (\d+)");
        return match.Success ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : -1;
    }

    [GeneratedRegex(@"opcode: (\w+),")]
    private static partial Regex OpcodePattern();

    [GeneratedRegex(@"status: (\w+),")]
    private static partial Regex StatusPattern();

    [GeneratedRegex(@";; flags:([^;]*);")]
    private static partial Regex FlagsPattern();

    [GeneratedRegex(@"; EDNS: version: (\d+), flags:([^;]*);")]
    private static partial Regex EdnsPattern();

    [GeneratedRegex(@"; EDE: (\d+)")]
    private static partial Regex ErrorPattern();
}
