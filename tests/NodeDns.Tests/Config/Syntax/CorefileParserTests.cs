using System;
using System.Collections.Immutable;
using System.Linq;
using NodeDns.Config;
using Xunit;

namespace NodeDns.Tests.Config.Syntax;

/// <summary>The grammar, seen from outside: what the reader makes of a text.</summary>
public sealed class CorefileParserTests
{
    private readonly FakeMachine _machine = new();

    [Theory]
    [InlineData(". {\nwhoami\n}", ".:53")]
    [InlineData(".\nwhoami\n", ".:53")]
    [InlineData("example.org:1053 Example.NET {\nwhoami\n}", "example.org.:1053 example.net.:53")]
    [InlineData("a.example, b.example,\nc.example {\nwhoami\n}", "a.example.:53 b.example.:53 c.example.:53")]
    [InlineData("a.example , b.example {\nwhoami\n}", "a.example.:53 b.example.:53")]
    [InlineData("dns://.:1053 {\nwhoami\n}", ".:1053")]
    [InlineData("10.0.0.0/23 {\nwhoami\n}", "0.0.10.in-addr.arpa.:53 1.0.10.in-addr.arpa.:53")]
    [InlineData("10.0.0.0/24:1053 {\nwhoami\n}", "0.0.10.in-addr.arpa.:1053")]
    [InlineData("fd00::/8 {\nwhoami\n}", "d.f.ip6.arpa.:53")]
    [InlineData(". { whoami\n}", ".:53")]
    public void Keys_OfABlock_ZonesAndPorts(string text, string keys)
    {
        ServerBlockConfig block = _machine.ReadBlock(text);

        Assert.Equal(keys, string.Join(' ', block.Keys.Select(key => $"{key.Zone}:{key.Port}")));
        Assert.True(block.Whoami);
    }

    [Fact]
    public void Keys_WithoutPort_TheDefaultPort()
    {
        CorefileResult result = CorefileReader.ReadText(". {\nwhoami\n}", "Corefile", _machine.Context with { DefaultPort = 1053 });

        Assert.Equal(1053, result.Config!.Blocks[0].Keys[0].Port);
    }

    [Theory]
    [InlineData("", "1:1: no server block; expected for example \". {\"")]
    [InlineData("# nothing\n", "1:1: no server block; expected for example \". {\"")]
    [InlineData(".", "1:1: a server block without directives; expected { and directives after its zones")]
    [InlineData(". { whoami }", "1:12: unexpected }: a server block cannot be closed on the line of a directive; "
        + "put each directive and the } on a line of its own")]
    [InlineData(".\n{\nwhoami\n}", "2:1: { belongs at the end of the line before: \". {\"")]
    [InlineData(". {\ncache\n{\nkeepttl\n}\n}", "3:1: { belongs at the end of the line before: \"cache ... {\"")]
    [InlineData("{\nwhoami\n}", "1:1: a server block without a zone; expected for example \". {\"")]
    [InlineData(". {\nwhoami\n", "1:3: this block is never closed; expected } before the end of the file")]
    [InlineData(". {\ncache {\nkeepttl\n}\n", "1:3: this block is never closed; expected } before the end of the file")]
    [InlineData(". {\nwhoami\n}\n}", "4:1: unexpected }: there is no { that it could close")]
    [InlineData(".\nwhoami\n}", "3:1: unexpected }: there is no { that it could close")]
    [InlineData("a.example, {\nwhoami\n}", "1:12: expected another zone after the comma, found {; take the comma away")]
    [InlineData("a.example,", "1:1: expected another zone after the comma, found nothing")]
    [InlineData("a.example,b.example {\nwhoami\n}",
        "1:1: \"a.example,b.example\" is not a zone; put a space after each comma between zones")]
    [InlineData(":53 {\nwhoami\n}", "1:1: expected a domain name, found \"\"; did you mean \".:53\"?")]
    [InlineData(".: {\nwhoami\n}", "1:1: expected a port after the colon of \".:\"")]
    [InlineData(".:65536 {\nwhoami\n}", "1:1: \"65536\" is not a port; expected 1 to 65535")]
    [InlineData("a..b {\nwhoami\n}", "1:1: \"a..b\" is not a domain name: it has an empty label")]
    [InlineData(". . {\nwhoami\n}", "1:3: cannot serve .:53 - it is already defined in this block")]
    [InlineData("example.org{\nwhoami\n}", "1:12: { needs a space before it: \"example.org {\"")]
    [InlineData(". {\ncache{\nkeepttl\n}\n}", "2:6: { needs a space before it: \"cache {\"")]
    [InlineData(". {\nhosts f example.com{\nttl 5\n}\n}", "2:20: { needs a space before it: \"example.com {\"")]
    [InlineData(". {\nwhoami;\n}", "2:1: unexpected ; after \"whoami\": directives end with their line, not with a semicolon")]
    [InlineData(". {\nforward . 10.0.0.1;\n}",
        "2:11: unexpected ; after \"10.0.0.1\": directives end with their line, not with a semicolon")]
    [InlineData(". {\ncahce\n}", "2:1: unknown directive \"cahce\"; did you mean \"cache\"?")]
    [InlineData(". {\nfallthrough\n}",
        "2:1: unknown directive \"fallthrough\"; fallthrough is an option inside the block of hosts or template: is a { missing?")]
    [InlineData(". {\nxyzzy\n}", "2:1: unknown directive \"xyzzy\"")]
    [InlineData("tls://. {\nwhoami\n}", "1:1: tls:// cannot be listened on: clients inside a node have no use for DNS over TLS "
        + "and there is no certificate to serve it with; write \".\"")]
    [InlineData("ftp://. {\nwhoami\n}", "1:1: \"ftp\" is not a scheme; expected dns:// or none")]
    public void Mistake_InTheGrammar_OneErrorThatSaysWhatToWrite(string text, string error) =>
        Assert.Equal("Corefile:" + error, Assert.Single(_machine.ReadErrors(text)));

    [Fact]
    public void OneLineWithSemicolons_AsInABrief_EachMistakeNamed()
    {
        ImmutableArray<string> errors = _machine.ReadErrors("example.org { whoami; errors }");

        Assert.Contains(errors, e => e.Contains("not with a semicolon", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("quic", "DNS over QUIC is not served")]
    [InlineData("grpc", "DNS over gRPC is not served")]
    [InlineData("https", "DNS over HTTPS is not served")]
    [InlineData("https3", "DNS over HTTP/3 is not served")]
    public void Scheme_OfAnotherTransport_RefusedWithAReason(string scheme, string reason) =>
        Assert.Contains(reason, Assert.Single(_machine.ReadErrors($"{scheme}://. {{\nwhoami\n}}")), StringComparison.Ordinal);

    [Fact]
    public void Blocks_WithoutDirectives_LoadWithAWarning()
    {
        NodeDnsConfig config = _machine.ReadConfig(". {\n}");

        Assert.Contains("without directives", Assert.Single(config.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_FarTooDeep_OneErrorAndNoHarm()
    {
        string text = ". {\ncache " + string.Concat(Enumerable.Repeat("{\na ", 100_000));

        Assert.Contains(_machine.ReadErrors(text), e => e.Contains("nested deeper", StringComparison.Ordinal));
    }

    [Fact]
    public void Words_MoreThanTheCap_RefusedInBoundedTime()
    {
        string text = ". {\nforward . " + string.Concat(Enumerable.Repeat("a ", 1_100_000));

        Assert.Contains(_machine.ReadErrors(text), e => e.Contains("more than 1000000 words", StringComparison.Ordinal));
    }
}
