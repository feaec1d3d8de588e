using System;
using System.Collections.Generic;
using NodeDns.Templates;
using Xunit;

namespace NodeDns.Tests.Templates;

public class GoTemplateTests
{
    private sealed class Data : ITemplateObject
    {
        public bool TryGetMember(string name, ReadOnlySpan<object?> arguments, out object? value)
        {
            value = name switch
            {
                "Zone" => "example.",
                "Match" => new object?[] { "web-12.example.", "web", "12" },
                "Group" => new Dictionary<string, string> { ["a"] = "web", ["b"] = "0c" },
                "Empty" => "",
                "Number" => 12L,
                "None" => null,
                "Self" => this,
                "Meta" => arguments.Length == 1 ? $"meta {arguments[0]}" : null,
                _ => null,
            };
            return name == "None" || value is not null;
        }
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("{{ .Zone }} 60 IN A", "example. 60 IN A")]
    [InlineData("{{.Zone}}{{.Zone}}", "example.example.")]
    [InlineData("a  {{- .Zone -}}  b", "aexample.b")]
    [InlineData("a {{- /* note */ -}} b", "ab")]
    [InlineData("a{{/* note */}}b", "ab")]
    [InlineData("{{ index .Match 1 }}", "web")]
    [InlineData("{{ .Match }}", "[web-12.example. web 12]")]
    [InlineData("{{ .Group.a }}.{{ index .Group \"b\" }}.{{ .Group.none }}{{ index .Group \"none\" }}", "web.0c.<no value>")]
    [InlineData("{{ .Group }}", "map[a:web b:0c]")]
    [InlineData("{{ parseInt .Group.b 16 8 }}", "12")]
    [InlineData("{{ .Self.Self.Zone }}", "example.")]
    [InlineData("{{ .Meta \"x/y\" }}", "meta x/y")]
    [InlineData("{{ \"x/y\" | .Meta }}", "meta x/y")]
    [InlineData("{{ $x := index .Match 2 }}{{ $x }}", "12")]
    [InlineData("{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}", "2")]
    [InlineData("{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ end }}{{ $x }}", "1")]
    [InlineData("{{ $.Zone }}{{ with .Group }}{{ .a }}{{ $.Zone }}{{ end }}", "example.webexample.")]
    [InlineData("{{ if .Empty }}a{{ else if eq .Number 12 }}b{{ else }}c{{ end }}", "b")]
    [InlineData("{{ if not .Empty }}a{{ end }}", "a")]
    [InlineData("{{ if and .Zone .Empty }}a{{ else }}b{{ end }}", "b")]
    [InlineData("{{ or .Empty \"dflt\" }}", "dflt")]
    [InlineData("{{ and true .Nope }}", null)]
    [InlineData("{{ and false .Nope }}", "false")]
    [InlineData("{{ with .Empty }}a{{ else }}b{{ end }}", "b")]
    [InlineData("{{ range .Match }}[{{ . }}]{{ end }}", "[web-12.example.][web][12]")]
    [InlineData("{{ range $i, $m := .Match }}{{ $i }}={{ $m }};{{ end }}", "0=web-12.example.;1=web;2=12;")]
    [InlineData("{{ range $k, $v := .Group }}{{ $k }}{{ $v }}{{ end }}", "awebb0c")]
    [InlineData("{{ range .None }}a{{ else }}none{{ end }}", "none")]
    [InlineData("{{ range 3 }}{{ if eq . 1 }}{{ continue }}{{ end }}{{ . }}{{ end }}", "02")]
    [InlineData("{{ range 3 }}{{ if eq . 1 }}{{ break }}{{ end }}{{ . }}{{ end }}", "0")]
    [InlineData("{{ printf \"%03d-%s-%x-%5.1f|%-4s|%v\" 7 \"q\" 255 1.25 \"l\" true }}", "007-q-ff-  1.2|l   |true")]
    [InlineData("{{ .Number | printf \"%02x\" }}", "0c")]
    [InlineData("{{ printf \"%d\" \"q\" }}{{ printf \"%s\" }}{{ printf \"a\" 1 }}", "%!d(string=q)%!s(MISSING)a%!(EXTRA int=1)")]
    [InlineData("{{ len .Match }}{{ len .Zone }}", "38")]
    [InlineData("{{ (index .Match 0) | len }}", "15")]
    [InlineData("{{ eq .Number 1 2 12 }}{{ ne \"a\" \"b\" }}{{ lt 1 2 }}{{ le 2 2 }}{{ gt 1 2 }}{{ ge 1 2 }}", "truetruetruetruefalsefalse")]
    [InlineData("{{ 0x1F }} {{ -3 }} {{ 'a' }} {{ 1_000 }} {{ 1.50 }} {{ 1e3 }} {{ 0b11 }}", "31 -3 97 1000 1.5 1000 3")]
    [InlineData("{{ \"a\\tb\\x41\" }}{{ `raw\\n` }}", "a\tbAraw\\n")]
    [InlineData("{{ print 1 2 \"x\" 3 }}", "1 2x3")]
    [InlineData("{{ slice .Zone 1 3 }}", "xa")]
    [InlineData("{{ .None }}", "<no value>")]
    public void TryRender_Template_GivesWhatGoGives(string text, string? expected)
    {
        Assert.True(GoTemplate.TryParse(text, out GoTemplate? template, out string error), error);
        bool rendered = template.TryRender(new Data(), out string output, out error);
        Assert.Equal(expected is not null, rendered);
        Assert.Equal(expected ?? "", output);
    }

    [Theory]
    [InlineData("{{ .Zone", "unclosed action")]
    [InlineData("{{ nope }}", "function \"nope\" not defined")]
    [InlineData("{{ $x }}", "undefined variable \"$x\"")]
    [InlineData("{{ $x = 1 }}", "undefined variable")]
    [InlineData("{{ if true }}", "{{end}} expected")]
    [InlineData("{{ end }}", "unexpected {{end}}")]
    [InlineData("{{ }}", "missing value")]
    [InlineData("{{ (.Zone }}", "parenthesis")]
    [InlineData("{{ \"a }}", "unterminated")]
    [InlineData("{{ 1 | 2 }}", "non executable")]
    [InlineData("{{ 08x }}", "bad number")]
    [InlineData("{{ define \"a\" }}{{ end }}", "not supported")]
    [InlineData("{{ break }}", "outside range")]
    [InlineData("{{/* a }}", "unclosed comment")]
    [InlineData("{{ ? }}", "unexpected \"?\"")]
    public void TryParse_BadTemplate_SaysWhy(string text, string expected)
    {
        Assert.False(GoTemplate.TryParse(text, out _, out string error));
        Assert.Contains(expected, error);
    }

    [Theory]
    [InlineData("{{ index .Match 7 }}", "index")]
    [InlineData("{{ parseInt \"zz\" 16 8 }}", "parseInt")]
    [InlineData("{{ parseInt \"256\" 10 8 }}", "parseInt")]
    [InlineData("{{ .Nope }}", "Nope")]
    [InlineData("{{ .None.Deeper }}", "nil data")]
    [InlineData("{{ eq 1 \"1\" }}", "incompatible types")]
    [InlineData("{{ range 20000 }}{{ range 20000 }}x{{ end }}{{ end }}", "too much work")]
    public void TryRender_FailsAtRunTime_SaysWhyAndGivesNothing(string text, string expected)
    {
        Assert.True(GoTemplate.TryParse(text, out GoTemplate? template, out string error), error);
        Assert.False(template.TryRender(new Data(), out string output, out error));
        Assert.Equal("", output);
        Assert.Contains(expected, error);
    }

    [Fact]
    public void TryParse_DeepNesting_IsRefusedNotOverflown()
    {
        string deep = "{{ " + new string('(', 100_000) + " }}";
        Assert.False(GoTemplate.TryParse(deep, out _, out string error));
        Assert.Contains("deep", error);
    }

    [Fact]
    public void TryParse_RandomText_NeverThrows()
    {
        Random random = new(20261121);
        string[] parts = ["{{", "}}", "if", "end", "range", " ", ".", "$x", ":=", "|", "(", ")", "\"", "'a'", "1", "-", "/*", "else", "x", ","];
        for (int round = 0; round < 20_000; round++)
        {
            string text = string.Concat(random.GetItems(parts, random.Next(1, 24)));
            if (GoTemplate.TryParse(text, out GoTemplate? template, out _))
            {
                template.TryRender(new Data(), out _, out _);
            }
        }
    }
}
