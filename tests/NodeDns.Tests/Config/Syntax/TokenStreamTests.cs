using System;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using NodeDns.Config;
using Xunit;

namespace NodeDns.Tests.Config.Syntax;

/// <summary>Snippets, imports, environment and node-cache's variables.</summary>
public sealed class TokenStreamTests
{
    private readonly FakeMachine _machine = new();

    [Fact]
    public void Import_Snippet_ItsDirectivesInEachBlock()
    {
        NodeDnsConfig config = _machine.ReadConfig("(common) {\nerrors\ncache 30\n}\na.example {\nimport common\n}\nb.example {\nimport common\nloop\n}");

        Assert.All(config.Blocks, block => Assert.Equal(30, block.Cache!.SuccessMaxTtl));
        Assert.Equal(["errors", "cache", "loop"], config.Blocks[1].Directives.ToArray());
    }

    [Fact]
    public void Import_SnippetWrittenOnOneLine_BeginsALine()
    {
        ServerBlockConfig block = _machine.ReadBlock("(w) { whoami }\n. {\nerrors\nimport w\n}");

        Assert.True(block.Whoami);
    }

    [Fact]
    public void Import_InsideABlockOfADirective_OptionsPutIn()
    {
        ServerBlockConfig block = _machine.ReadBlock("(stale) {\nserve_stale 1h\n}\n. {\ncache {\nimport stale\nkeepttl\n}\n}");

        Assert.Equal(TimeSpan.FromHours(1), block.Cache!.ServeStale!.Duration);
        Assert.True(block.Cache.KeepTtl);
    }

    [Fact]
    public void Import_FileRelativeToTheImportingOne_ReadAndWatched()
    {
        _machine.Files["/etc/nodedns/conf.d/a.conf"] = "import b.conf\n";
        _machine.Files["/etc/nodedns/conf.d/b.conf"] = "whoami\n";

        CorefileResult result = CorefileReader.ReadText(". {\nimport conf.d/a.conf\n}", "/etc/nodedns/Corefile", _machine.Context);

        Assert.Empty(result.Errors);
        Assert.True(result.Config!.Blocks[0].Whoami);
        Assert.Equal(
            ["/etc/nodedns/Corefile", "/etc/nodedns/conf.d/a.conf", "/etc/nodedns/conf.d/b.conf"], result.FilesRead.ToArray());
    }

    [Fact]
    public void Import_PatternAtTheTop_WholeBlocksInOrder()
    {
        _machine.Files["/c/zones/b.conf"] = "b.example {\nwhoami\n}";
        _machine.Files["/c/zones/a.conf"] = "a.example {\nwhoami\n}";
        _machine.Files["/c/zones/readme"] = "no config";

        CorefileResult result = CorefileReader.ReadText("import zones/*.conf\n", "/c/Corefile", _machine.Context);

        Assert.Empty(result.Errors);
        Assert.Equal(["a.example.", "b.example."], result.Config!.Blocks.Select(block => block.Keys[0].Zone));
    }

    [Fact]
    public void Import_PatternWithoutMatch_OnlyAWarning()
    {
        CorefileResult result = CorefileReader.ReadText(". {\nwhoami\nimport x/*.conf\n}", "/c/Corefile", _machine.Context);

        Assert.Empty(result.Errors);
        Assert.Equal("/c/Corefile:3:8: import: no file matches \"x/*.conf\"", Assert.Single(result.Warnings));
    }

    [Theory]
    [InlineData(". {\nimport\n}", "2:1: import: takes one snippet, file or pattern, found 0 words")]
    [InlineData(". {\nimport a b\n}", "2:1: import: takes one snippet, file or pattern, found 2 words")]
    [InlineData(". {\nimport *.a*\n}", "2:8: import: \"*.a*\": only one wildcard (* or ?) is allowed")]
    [InlineData(". {\nimport [ab]\n}", "2:8: import: \"[ab]\": only one wildcard (* or ?) is allowed")]
    [InlineData(". {\nimport */a\n}", "2:8: import: \"*/a\": the wildcard has to be in the file's name")]
    [InlineData("(a) {\nimport a\n}\n. {\nimport a\nwhoami\n}", "2:8: import: the snippet \"(a)\" imports itself")]
    [InlineData("(a) {\nimport b\n}\n(b) {\nimport a\n}\n. {\nimport a\nwhoami\n}", "5:8: import: the snippet \"(a)\" imports itself")]
    [InlineData("(a) {\nwhoami\n}\n(a) {\nwhoami\n}\n. {\nimport a\n}", "4:1: the snippet \"(a)\" is defined twice")]
    [InlineData("(a)\nwhoami {\n}", "1:1: expected { after the snippet's name \"(a)\"")]
    public void Import_Mistake_OneError(string text, string error) =>
        Assert.Equal("Corefile:" + error, _machine.ReadErrors(text)[0]);

    [Fact]
    public void Import_NeitherSnippetNorFile_SaysBothAndWhatWasMeant()
    {
        string error = Assert.Single(_machine.ReadErrors("(common) {\nerrors\n}\n. {\nimport commmon\n}"));

        Assert.Equal(
            "Corefile:5:8: import: there is no snippet (commmon) above this line, and the file \"commmon\" cannot be read: "
            + "no such file; did you mean \"common\"?",
            error);
    }

    [Fact]
    public void Import_FilesInACircle_Refused()
    {
        _machine.Files["/c/a"] = "import b\n";
        _machine.Files["/c/b"] = "import ./a\n";

        CorefileResult result = CorefileReader.ReadText("import a\n", "/c/Corefile", _machine.Context);

        Assert.Equal("/c/b:1:8: import: \"/c/./a\" imports itself", result.Errors[0].ToString());
    }

    [Fact]
    public void Import_SnippetsThatDoubleEachTime_EndAtTheCap()
    {
        var text = new StringBuilder("(s0) {\nwhoami\n}\n");
        for (int i = 1; i <= 40; i++)
        {
            text.Append($"(s{i}) {{\nimport s{i - 1}\nimport s{i - 1}\n}}\n");
        }

        ImmutableArray<string> errors = _machine.ReadErrors(text.Append(". {\nimport s40\n}").ToString());

        Assert.Contains(errors, e => e.Contains("more than 10000 imports of snippets", StringComparison.Ordinal));
    }

    [Fact]
    public void Import_WordInAnArgument_IsNoImport()
    {
        ServerBlockConfig block = _machine.ReadBlock(". {\nhosts {\n10.0.0.1 import\n}\n}");

        Assert.Equal("import.", block.Hosts!.Entries[0].Names[0]);
    }

    [Fact]
    public void Mistake_InASnippetUsedTwice_ReportedOnceWhereItStands() =>
        Assert.Equal(
            "Corefile:2:7: cache: expected a TTL in seconds, a whole number (1 or more), found \"0\"",
            Assert.Single(_machine.ReadErrors("(c) {\ncache 0\n}\na {\nimport c\n}\nb {\nimport c\n}")));

    [Theory]
    [InlineData("{$UPSTREAM}")]
    [InlineData("{%UPSTREAM%}")]
    [InlineData("{$NET}.9")]
    [InlineData("\"{$NET}.9\"")]
    [InlineData("{$NET}.{%LAST%}")]
    public void Environment_InAWord_ItsValue(string word)
    {
        _machine.Environment["UPSTREAM"] = "10.1.1.9";
        _machine.Environment["NET"] = "10.1.1";
        _machine.Environment["LAST"] = "9";

        ServerBlockConfig block = _machine.ReadBlock($". {{\nforward . {word}\n}}");

        Assert.Equal("10.1.1.9:53", block.Forwards[0].Upstreams[0].EndPoint!.ToString());
    }

    [Fact]
    public void Environment_InKeysAndDirectives_ItsValue()
    {
        _machine.Environment["ZONE"] = "example.org";
        _machine.Environment["WHAT"] = "whoami";

        ServerBlockConfig block = _machine.ReadBlock("{$ZONE}:{$PORT}053 {\n{$WHAT}\n}");

        Assert.Equal(new ServerKeyConfig("example.org.", 53), block.Keys[0]);
        Assert.True(block.Whoami);
    }

    [Theory]
    [InlineData("{$PORT$}", "")]
    [InlineData("{%X}", "{%X}")]
    [InlineData("{$}", "{$}")]
    [InlineData("{$UNSET}", "")]
    [InlineData("{$SELF}", "{$SELF}")]
    [InlineData("a{$ONE}b{$ONE}c", "a1b1c")]
    public void Environment_OddForms_AsCoreDnsReadsThem(string word, string expected)
    {
        _machine.Environment["SELF"] = "{$SELF}";
        _machine.Environment["ONE"] = "1";

        ServerBlockConfig block = _machine.ReadBlock($". {{\nlog . \"{word}{{name}}\"\n}}");

        Assert.Equal(expected + "{name}", block.Logs[0].Format);
    }

    [Fact]
    public void Environment_NotSet_WarningAtThePlace()
    {
        NodeDnsConfig config = _machine.ReadConfig(". {\nlog . \"{$NOWHERE}{name}\"\n}");

        Assert.Equal(
            "Corefile:2:7: the environment variable \"NOWHERE\" is not set; it is replaced by nothing",
            Assert.Single(config.Warnings));
    }

    [Fact]
    public void Environment_ValueIsABrace_IsOnlyText()
    {
        _machine.Environment["BRACE"] = "}";

        Assert.Contains("unknown directive \"}\"", Assert.Single(_machine.ReadErrors(". {\n{$BRACE}\nwhoami\n}")), StringComparison.Ordinal);
    }

    [Fact]
    public void Pillars_OfTheFlags_TheirValues()
    {
        CorefileContext context = _machine.Context with
        {
            DnsDomain = "k8s.example",
            DnsServer = "10.96.0.10",
            ClusterDns = "10.96.7.7",
            UpstreamServers = "10.9.9.1 10.9.9.2",
            PrometheusEndPoint = "127.0.0.1:9253",
        };
        const string Text = """
            __PILLAR__DNS__DOMAIN__ {
                bind __PILLAR__LOCAL__DNS__ __PILLAR__DNS__SERVER__
                forward . __PILLAR__CLUSTER__DNS__ __PILLAR__UPSTREAM__SERVERS__
                prometheus __PROMETHEUS__ENDPOINT__
            }
            """;

        ServerBlockConfig block = CorefileReader.ReadText(Text, "Corefile", context).Config!.Blocks[0];

        Assert.Equal("k8s.example.", block.Keys[0].Zone);
        Assert.Equal(["169.254.20.10", "10.96.0.10"], block.Bind.Select(a => a.ToString()));
        Assert.Equal(["10.96.7.7", "10.9.9.1", "10.9.9.2"], block.Forwards[0].Upstreams.Select(u => u.EndPoint!.Address.ToString()));
        Assert.Equal("127.0.0.1:9253", block.Prometheus!.EndPoint.Text);
    }

    [Fact]
    public void Pillar_ServiceOfAnotherName_ItsVariable()
    {
        _machine.Environment["KUBE_DNS_UPSTREAM_SERVICE_HOST"] = "10.96.4.4";

        CorefileResult result = CorefileReader.ReadText(
            ". {\nforward . __PILLAR__CLUSTER__DNS__\n}",
            "Corefile",
            _machine.Context with { UpstreamService = "kube-dns-upstream" });

        Assert.Equal("10.96.4.4:53", result.Config!.Blocks[0].Forwards[0].Upstreams[0].EndPoint!.ToString());
    }

    [Fact]
    public void Pillar_Ipv6AddressBeforeAPort_InBrackets()
    {
        CorefileContext context = _machine.Context with { LocalAddresses = [System.Net.IPAddress.Parse("fd00::10")] };

        CorefileResult result = CorefileReader.ReadText(". {\nhealth __PILLAR__LOCAL__DNS__:8080\n}", "Corefile", context);

        Assert.Equal("[fd00::10]:8080", result.Config!.Blocks[0].Health!.EndPoint.Text);
    }

    [Fact]
    public void Pillar_WithoutAValueInsideAWord_Refused() =>
        Assert.Equal(
            "Corefile:1:1: __PILLAR__DNS__SERVER__ has no value here, so it cannot be part of a word",
            _machine.ReadErrors("__PILLAR__DNS__SERVER__:53 {\nwhoami\n}")[0]);
}
