using System;
using NodeDns.Templates;
using NodeDns.Templates.Expressions;
using Xunit;

namespace NodeDns.Tests.Templates.Expressions;

public class TemplateExpressionTests
{
    private sealed class Scope : IExpressionScope
    {
        public bool TryGetVariable(string name, out object? value)
        {
            value = "10.1.2.3";
            return true;
        }

        public bool TryCall(string name, ReadOnlySpan<object?> arguments, out object? value)
        {
            value = arguments is ["ip"] ? "10-1-2-3" : null;
            return value is not null;
        }
    }

    private static bool TryParse(string text, out TemplateExpression? expression, out string error) =>
        TemplateExpression.TryParse(text, name => name == "group", name => name == "ip", out expression, out error);

    [Theory]
    [InlineData("1 + 2 * 3", "7")]
    [InlineData("(1 + 2) * 3", "9")]
    [InlineData("7 % 4 - 1", "2")]
    [InlineData("-2 + 5", "3")]
    [InlineData("5 / 2", "2.5")]
    [InlineData("'a' + \"b\"", "ab")]
    [InlineData("1 < 2 && 2 <= 2 and not (3 > 4)", "true")]
    [InlineData("false || 1 == 1.0", "true")]
    [InlineData("!true == false", "true")]
    [InlineData("false and ip", "false")]
    [InlineData("'b' in ['a', 'b']", "true")]
    [InlineData("'c' not in ['a', 'b']", "true")]
    [InlineData("'host.example.' endsWith '.example.'", "true")]
    [InlineData("'host' startsWith 'ho' and 'host' contains 'os'", "true")]
    [InlineData("'web-12' matches '^web-[0-9]+$'", "true")]
    [InlineData("not ('web' matches '^(?P<x>[0-9])')", "true")]
    [InlineData("1 > 2 ? 'a' : 2 > 1 ? 'b' : 'c'", "b")]
    [InlineData("[1, 2, 3][-1]", "3")]
    [InlineData("split('a.b.c', '.')[1]", "b")]
    [InlineData("replace(group('ip'), '-', '.')", "10.1.2.3")]
    [InlineData("any(['192.168.0.0/16', '10.0.0.0/8'], incidr(ip, #))", "true")]
    [InlineData("all([1, 2], {# > 1})", "false")]
    [InlineData("none([1, 2], # > 2)", "true")]
    [InlineData("one([1, 2], # > 1)", "true")]
    [InlineData("count([1, 2, 3], # > 1)", "2")]
    [InlineData("map([1, 2], # * 2)", "[2 4]")]
    [InlineData("filter(['a', 'bb'], len(#) == 2) | first()", "bb")]
    [InlineData("'A b ' | lower() | trim()", "a b")]
    [InlineData("join(['a', 'b'], '-')", "a-b")]
    [InlineData("int('0x10') + 1", "17")]
    [InlineData("nil ?? 'x'", "x")]
    [InlineData("incidr('fd00::1', 'fd00::/8')", "true")]
    [InlineData("incidr('junk', '10.0.0.0/8')", "false")]
    public void TryEvaluate_Expression_GivesItsValue(string text, string expected)
    {
        Assert.True(TryParse(text, out TemplateExpression? expression, out string error), error);
        Assert.True(expression!.TryEvaluate(new Scope(), out object? value, out error), error);
        Assert.Equal(expected, TemplateValue.Print(value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1 +")]
    [InlineData("(1")]
    [InlineData("nope")]
    [InlineData("nope()")]
    [InlineData("'a' matches ip")]
    [InlineData("'a' matches '('")]
    [InlineData("# > 1")]
    [InlineData("any([1])")]
    [InlineData("'open")]
    [InlineData("1 2")]
    [InlineData("a ? b")]
    [InlineData("@")]
    [InlineData("[1, 2")]
    public void TryParse_BadExpression_SaysWhy(string text)
    {
        Assert.False(TryParse(text, out _, out string error));
        Assert.NotEmpty(error);
    }

    [Theory]
    [InlineData("1 + 'a'")]
    [InlineData("1 && true")]
    [InlineData("[1][5]")]
    [InlineData("1 / 0 < 2")]
    [InlineData("group('other')")]
    [InlineData("len(1)")]
    [InlineData("first([])")]
    [InlineData("any(1, true)")]
    [InlineData("1 ? 2 : 3")]
    public void TryEvaluate_NoMeaning_SaysWhy(string text)
    {
        Assert.True(TryParse(text, out TemplateExpression? expression, out string error), error);
        Assert.False(expression!.TryEvaluate(new Scope(), out _, out error));
        Assert.NotEmpty(error);
    }

    [Fact]
    public void TryParse_DeepOrRandomText_NeverThrows()
    {
        Assert.False(TryParse(new string('(', 50_000), out _, out _));
        Assert.False(TryParse(new string('!', 50_000) + "true", out _, out _));
        Random random = new(3);
        string[] parts =
        [
            "1", "'a'", "(", ")", "[", "]", "any", "not ", "in ", "+", "-", "?", ":", ",", "#", "|", "{", "}", "ip", " ", "==", "lower",
        ];
        for (int i = 0; i < 20_000; i++)
        {
            if (TryParse(string.Concat(random.GetItems(parts, random.Next(1, 14))), out TemplateExpression? expression, out _))
            {
                expression!.TryEvaluate(new Scope(), out _, out _);
            }
        }
    }
}
