using System.Linq;
using NodeDns.Config.Syntax;
using Xunit;

namespace NodeDns.Tests.Config.Syntax;

public sealed class CorefileLexerTests
{
    private readonly ErrorList _errors = new();

    [Theory]
    [InlineData("a b\tc\nd", "a|b|c|d")]
    [InlineData("\ufeffa", "a")]
    [InlineData("a\r\nb\r\n", "a|b")]
    [InlineData("a # b c\nd", "a|d")]
    [InlineData("# a\n#b\nc", "c")]
    [InlineData("foo#bar baz", "foo|baz")]
    [InlineData("foo#bar\nbaz", "foo|baz")]
    [InlineData("\"a b\" c", "a b|c")]
    [InlineData("a\"b c\"", "a\"b|c\"")]
    [InlineData("\"say \\\"hi\\\"\"", "say \"hi\"")]
    [InlineData("\"a\\.b\\d\"", "a\\.b\\d")]
    [InlineData("\"a\\\\\" b", "a\\\\|b")]
    [InlineData("\"a\nb\"", "a\nb")]
    [InlineData("\"\" a", "|a")]
    [InlineData("\"a # b\"", "a # b")]
    [InlineData("a{ }b", "a{|}b")]
    [InlineData("cache {}", "cache|{|}")]
    [InlineData("", "")]
    [InlineData(" \n\t ", "")]
    public void Lex_Text_ItsTokens(string text, string tokens) =>
        Assert.Equal(tokens, string.Join('|', CorefileLexer.Lex(text, "f", _errors).Select(t => t.Text)));

    [Fact]
    public void Lex_SeveralLines_EachTokenKnowsItsPlace()
    {
        Token[] tokens = [.. CorefileLexer.Lex("a bb\n  \"x\ny\" c\nd", "f", _errors)];

        Assert.Equal(
            [(1, 1, true), (1, 3, false), (2, 3, true), (3, 4, false), (4, 1, true)],
            tokens.Select(t => (t.Location.Line, t.Location.Column, t.StartsLine)));
        Assert.All(tokens, t => Assert.Equal("f", t.Location.File));
    }

    [Fact]
    public void Lex_QuotedBrace_IsText()
    {
        Token token = Assert.Single(CorefileLexer.Lex("\"{\"", "f", _errors));

        Assert.False(token.IsOpenBrace);
    }

    [Fact]
    public void Lex_QuoteNeverClosed_ErrorAtItsBegin()
    {
        CorefileLexer.Lex("a\n  \"b c\n\n", "f", _errors);

        Assert.Equal(
            "f:2:3: this quote is never closed; expected \" before the end of the file",
            Assert.Single(_errors.Sorted()).ToString());
    }
}
