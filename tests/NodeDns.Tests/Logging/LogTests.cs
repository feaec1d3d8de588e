using System.IO;
using NodeDns.Logging;
using Xunit;

namespace NodeDns.Tests.Logging;

public sealed class LogTests
{
    [Theory]
    [InlineData("plain text, \"quotes\" and \\ stay", "plain text, \"quotes\" and \\ stay")]
    [InlineData("two\nlines", "two\\nlines")]
    [InlineData("bell\a and escape\u001b[31m", "bell\\x07 and escape\\x1b[31m")]
    [InlineData("caf\u00e9 \u202e", "caf\\u00e9 \\u202e")]
    [InlineData("", "")]
    public void Clean_AnyText_GivesOnePrintableAsciiLine(string text, string expected) =>
        Assert.Equal(expected, LogLine.Clean(text));

    [Fact]
    public void To_Writer_WritesEachLevelAsOneLine()
    {
        using StringWriter writer = new() { NewLine = "\n" };
        Log log = Log.To(writer);

        log.Info("a");
        log.Warning("b\nc");
        log.Error("d");

        Assert.Equal("[INFO] a\n[WARNING] b\\nc\n[ERROR] d\n", writer.ToString());
    }
}
