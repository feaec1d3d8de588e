using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace NodeDns.Linux.Netfilter;

/// <summary>One rule as node-cache writes it: table, chain, and the rest in its order of arguments.</summary>
/// <param name="Role">What the rule is for, which decides when it goes at the end.</param>
public sealed record IptablesRule(
    IPAddress Address, string Table, string Chain, ImmutableArray<string> Match, IptablesRuleRole Role)
{
    public const string SkipConntrack = "NodeLocal DNS Cache: skip conntrack";
    public const string AllowTraffic = "NodeLocal DNS Cache: allow DNS traffic";

    public bool IsIPv6 => Address.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>The argument list behind <c>iptables -w SECONDS</c> for one operation: -C, -I or -D.</summary>
    public ImmutableArray<string> Arguments(string operation) => [operation, Chain, "-t", Table, .. Match];

    /// <summary>The rule as a line of iptables-restore, which names the table once for all its lines.</summary>
    public string RestoreLine(string operation) => $"{operation} {Chain} {string.Join(' ', Quoted())}";

    private ImmutableArray<string> Quoted()
    {
        ImmutableArray<string>.Builder words = ImmutableArray.CreateBuilder<string>(Match.Length);
        foreach (string word in Match)
        {
            words.Add(word.Contains(' ') ? $"\"{word}\"" : word);
        }

        return words.ToImmutable();
    }
}
