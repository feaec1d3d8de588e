using NodeDns.Config.Values;
using Xunit;

namespace NodeDns.Tests.Config.Values;

public sealed class SuggestionTests
{
    private static readonly string[] s_known = ["cache", "forward", "loop", "log", "loadbalance"];

    [Theory]
    [InlineData("cahce", "cache")]
    [InlineData("Forward", "forward")]
    [InlineData("foward", "forward")]
    [InlineData("loadbalanec", "loadbalance")]
    [InlineData("lop", "loop")]
    public void Nearest_TypingMistake_TheWordThatWasMeant(string word, string expected) =>
        Assert.Equal(expected, Suggestion.Nearest(word, s_known));

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("kubernetes")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Nearest_SomethingElse_Nothing(string word) => Assert.Null(Suggestion.Nearest(word, s_known));
}
