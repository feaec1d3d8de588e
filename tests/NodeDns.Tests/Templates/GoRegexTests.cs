using System.Diagnostics;
using System.Linq;
using NodeDns.Templates;
using Xunit;

namespace NodeDns.Tests.Templates;

public class GoRegexTests
{
    [Theory]
    [InlineData(@".*\..*\.viktorbarzin\.lan\.$", "www.cloudflare.com.viktorbarzin.lan.", true)]
    [InlineData(@".*\..*\.viktorbarzin\.lan\.$", "idrac.viktorbarzin.lan.", false)]
    [InlineData("ell", "hello", true)]
    [InlineData("^ell", "hello", false)]
    [InlineData("(?i)HELLO", "hello", true)]
    [InlineData("(?i:HEL)lo", "hello", true)]
    [InlineData("(?i:HEL)LO", "hello", false)]
    [InlineData("a(?i)B|C", "c", true)]
    [InlineData(@"\Aab\z", "ab", true)]
    [InlineData("ab$", "ab\n", false)]
    [InlineData("(?m)ab$", "ab\ncd", true)]
    [InlineData("(?m)^cd", "ab\ncd", true)]
    [InlineData("a.b", "a\nb", false)]
    [InlineData("(?s)a.b", "a\nb", true)]
    [InlineData(@"^\d\d$", "1٣", false)]
    [InlineData(@"^\pN\pN$", "1٣", true)]
    [InlineData(@"^[[:alpha:]]+$", "abc", true)]
    [InlineData(@"^[[:^alpha:]]+$", "123", true)]
    [InlineData(@"^[^[:alpha:]]+$", "abc", false)]
    [InlineData(@"^[\w-]+$", "a-b_1", true)]
    [InlineData(@"^[]a]+$", "]a", true)]
    [InlineData(@"^\x41\x{42}\103$", "ABC", true)]
    [InlineData(@"^\Qa.b*\E$", "a.b*", true)]
    [InlineData(@"^\Qa.b*\E$", "axb*", false)]
    [InlineData("^a{2,3}$", "aaaa", false)]
    [InlineData("^a{,3}$", "a{,3}", true)]
    [InlineData(@"^\p{Latin}$", "q", true)]
    [InlineData(@"^\P{L}$", "q", false)]
    [InlineData(@"^[^\x{10000}-\x{10FFFF}]$", "q", true)]
    [InlineData(@"\bfoo\b", "a foo b", true)]
    public void IsMatch_GoPattern_MatchesAsGoDoes(string pattern, string text, bool expected)
    {
        Assert.True(GoRegex.TryCompile(pattern, out GoRegex? regex, out string error), error);
        Assert.Equal(expected, regex.IsMatch(text));
    }

    [Theory]
    [InlineData("(", "missing closing )")]
    [InlineData("a)", "unexpected )")]
    [InlineData("[a", "missing closing ]")]
    [InlineData("[z-a]", "range")]
    [InlineData("*a", "missing argument to repetition")]
    [InlineData("a**", "nested repetition")]
    [InlineData("a{1001}", "repeat count")]
    [InlineData("(?=a)", "Perl syntax")]
    [InlineData("(?<!a)b", "named capture")]
    [InlineData("(?P<a>x)(?P<a>y)", "duplicate group name")]
    [InlineData("(?P<a-b>x)", "named capture")]
    [InlineData(@"(a)\1", "escape")]
    [InlineData(@"\y", "escape")]
    [InlineData(@"a\", "trailing backslash")]
    [InlineData(@"\p{Nope}", "character class")]
    [InlineData("[[:nope:]]", "character class")]
    [InlineData(@"\x{110000}", "escape")]
    [InlineData("((a{1000}){1000}){1000}", "bad regular expression")]
    public void TryCompile_NotRe2_SaysWhy(string pattern, string expected)
    {
        Assert.False(GoRegex.TryCompile(pattern, out _, out string error));
        Assert.Contains(expected, error);
        Assert.Contains(pattern, error);
    }

    [Fact]
    public void TryCompile_LongPattern_IsRefused()
    {
        Assert.True(GoRegex.TryCompile(new string('a', GoRegex.MaxPatternLength - 100), out _, out _));
        Assert.False(GoRegex.TryCompile(new string('a', GoRegex.MaxPatternLength + 1), out _, out string error));
        Assert.Contains("longer", error);
    }

    [Fact]
    public void Match_NamedAndUnnamedGroups_AreNumberedInTheOrderOfTheirBrackets()
    {
        Assert.True(GoRegex.TryCompile(@"^(?P<a>[a-z]+)-(\d+)(-(?P<c>x))?\.", out GoRegex? regex, out _));
        Assert.Equal(["web-12.", "web", "12", "", ""], regex.Match("web-12.example.")!);
        Assert.Equal(["", "a", "", "", "c"], regex.GroupNames);
        Assert.Null(regex.Match("12-web."));
    }

    [Theory]
    [InlineData("(?U)a+", "aaa", "a")]
    [InlineData("(?U)a+?", "aaa", "aaa")]
    [InlineData("a+?", "aaa", "a")]
    [InlineData("a|ab", "ab", "a")]
    public void Match_Greediness_FollowsFlagsAndLeftmostAlternative(string pattern, string text, string expected)
    {
        Assert.True(GoRegex.TryCompile(pattern, out GoRegex? regex, out _));
        Assert.Equal(expected, regex.Match(text)![0]);
    }

    [Theory]
    [InlineData("(a*)*b")]
    [InlineData("(a|a)*$")]
    [InlineData("^(([a-z])+.)+[A-Z]([a-z])+$")]
    [InlineData(@"(.*\.)*(.*\.)*(.*\.)*lan\.x")]
    public void IsMatch_PatternThatExplodesWhenBacktracking_StaysLinear(string pattern)
    {
        Assert.True(GoRegex.TryCompile(pattern, out GoRegex? regex, out string error), error);
        string small = string.Concat(Enumerable.Repeat("a.", 500)) + "!";
        string large = string.Concat(Enumerable.Repeat("a.", 50_000)) + "!";
        regex.IsMatch(small);
        Stopwatch watch = Stopwatch.StartNew();
        regex.IsMatch(large);

        // A backtracking engine would need longer than the age of the machine; linear work is some milliseconds.
        Assert.True(watch.Elapsed.TotalSeconds < 5, watch.Elapsed.ToString());
    }
}
