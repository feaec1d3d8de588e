using System;
using System.Linq;
using NodeDns.Config;
using Xunit;

namespace NodeDns.Tests.Config.Directives;

public sealed class TemplateDirectiveTests
{
    private readonly FakeMachine _machine = new();

    [Fact]
    public void Bare_MatchesAllInTheBlocksZones()
    {
        TemplateConfig template = Read("template ANY ANY {\nrcode NXDOMAIN\n}");

        Assert.Equal((TemplateConfig.AnyClass, TemplateConfig.AnyType), (template.Class, template.Type));
        Assert.Equal(["example.org."], template.Zones.ToArray());
        Assert.Equal([".*"], template.Matches.ToArray());
        Assert.Equal(3, template.Rcode);
        Assert.Empty(template.Fallthrough);
    }

    [Fact]
    public void Options_All_Read()
    {
        TemplateConfig template = Read("""
            template IN A example.com 10.0.0.0/24 {
                match ^ip-(?P<a>[0-9]*)[.]example[.]com[.]$ "b c"
                match x
                answer "{{ .Name }} 60 IN A 10.0.0.{{ .Group.a }}"
                additional "ns. 60 IN A 10.0.0.1"
                authority "example.com. 60 IN NS ns."
                rcode NOERROR
                ederror 21 "Blocked"
                fallthrough a.example
                expr "incidr(ip, '10.0.0.0/8')"
                var ip replace(group('ip'), '-', '.')
            }
            """);

        Assert.Equal((1, 1), (template.Class, template.Type));
        Assert.Equal(["example.com.", "0.0.10.in-addr.arpa."], template.Zones.ToArray());
        Assert.Equal(["^ip-(?P<a>[0-9]*)[.]example[.]com[.]$", "b c", "x"], template.Matches.ToArray());
        Assert.Equal(["{{ .Name }} 60 IN A 10.0.0.{{ .Group.a }}"], template.Answers.ToArray());
        Assert.Single(template.Additionals);
        Assert.Single(template.Authorities);
        Assert.Equal(new TemplateErrorConfig(21, "Blocked"), template.ExtendedError);
        Assert.Equal(["a.example."], template.Fallthrough.ToArray());
        Assert.Equal(new TemplateVariableConfig("ip", "replace(group('ip'), '-', '.')"), Assert.Single(template.Variables));
        Assert.Equal(["incidr(ip, '10.0.0.0/8')"], template.Expressions.ToArray());
    }

    [Fact]
    public void Several_KeepTheirOrder() =>
        Assert.Equal(
            [1, 28],
            _machine.ReadBlock(". {\ntemplate IN A {\n}\ntemplate IN AAAA {\n}\n}").Templates.Select(t => (int)t.Type));

    [Theory]
    [InlineData("template", "2:1", "expected \"template CLASS TYPE [ZONES...]\"")]
    [InlineData("template ANY", "2:1", "expected \"template CLASS TYPE [ZONES...]\"")]
    [InlineData("template NO ANY", "2:10", "expected a class such as IN")]
    [InlineData("template IN WHAT", "2:13", "expected a record type such as AAAA")]
    [InlineData("template IN A {\nmatch\n}", "3:1", "expected \"match REGEX...\"")]
    [InlineData("template IN A {\nmatch (\n}", "3:7", "bad regular expression")]
    [InlineData("template IN A {\nmatch (?=a)b\nfallthrough\n}", "3:7", "bad regular expression")]
    [InlineData("template IN A {\nanswer \"{{ .Name\"\n}", "3:8", "bad template")]
    [InlineData("template IN A {\nanswer {{ .Name }} 60 IN A 10.0.0.1\n}", "3:8", "put the whole record into quotes")]
    [InlineData("template IN A {\nrcode UNDEFINED\n}", "3:7", "expected a response code")]
    [InlineData("template IN A {\nrcode\n}", "3:1", "expected \"rcode CODE\"")]
    [InlineData("template IN A {\nederror x\n}", "3:9", "RFC 8914")]
    [InlineData("template IN A {\nederror 70000\n}", "3:9", "RFC 8914")]
    [InlineData("template IN A {\nvar 1a 'b'\n}", "3:5", "expected a name")]
    [InlineData("template IN A {\nvar a b\n}", "3:7", "bad expression \"b\": unknown name b")]
    [InlineData("template IN A {\nexpr a and true\n}", "3:6", "unknown name a")]
    [InlineData("template IN A {\nexpr name() matches '('\n}", "3:6", "missing closing )")]
    [InlineData("template IN A {\nblah\n}", "3:1", "unknown option \"blah\"")]
    public void Mistake_Refused_AtItsPlace(string directive, string place, string message)
    {
        string error = _machine.ReadErrors($"example.org {{\n{directive}\n}}")[0];

        Assert.StartsWith($"Corefile:{place}: template: ", error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Pattern_LongerThanCoreDnsAllows_Refused() =>
        Assert.Contains(
            "10000",
            Assert.Single(_machine.ReadErrors($". {{\ntemplate IN A {{\nmatch {new string('a', 10_001)}\nfallthrough\n}}\n}}")),
            StringComparison.Ordinal);

    [Fact]
    public void NoFallthrough_WarnsThatTheRestIsServfail()
    {
        NodeDnsConfig config = _machine.ReadConfig(". {\ntemplate IN A {\nmatch a\n}\n}");

        Assert.StartsWith("Corefile:2:1: template: without fallthrough", Assert.Single(config.Warnings), StringComparison.Ordinal);
    }

    private TemplateConfig Read(string directive) =>
        Assert.Single(_machine.ReadBlock($"example.org {{\n{directive}\n}}").Templates);
}
