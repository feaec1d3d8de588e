using NodeDns.Hosting;
using NodeDns.Timing;
using Xunit;

namespace NodeDns.Tests.Hosting;

public sealed class ClockControlTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("0")]
    [InlineData("true")]
    public void Handler_VariableNotOne_RefusesAndLeavesTheClock(string? value)
    {
        Clock clock = new();
        long before = clock.NowMilliseconds;

        string answer = ClockControl.Handler(clock, _ => value)(["86400"]);

        Assert.Equal("error: refused: the server was not started with NODEDNS_TEST_CLOCK=1", answer);
        Assert.True(clock.NowMilliseconds - before < 60_000);
    }

    [Theory]
    [InlineData("86400", 86_400_000)]
    [InlineData("0.5", 500)]
    public void Handler_Allowed_MovesTheClockAndTellsItsListeners(string seconds, long milliseconds)
    {
        Clock clock = new();
        bool told = false;
        clock.Advanced += () => told = true;
        long before = clock.NowMilliseconds;

        string answer = ClockControl.Handler(clock, name => name == "NODEDNS_TEST_CLOCK" ? "1" : null)([seconds]);

        Assert.Equal($"advanced by {seconds} s", answer);
        Assert.True(clock.NowMilliseconds - before >= milliseconds);
        Assert.True(told);
    }

    [Theory]
    [InlineData]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("ten")]
    [InlineData("1e12")]
    [InlineData("NaN")]
    [InlineData("1", "2")]
    [InlineData("99999999999999")]
    public void Handler_NotASpanOfSeconds_SaysWhatIsExpected(params string[] arguments) =>
        Assert.Equal(
            "error: expected a number of seconds above zero: clock advance SECONDS",
            ClockControl.Handler(new Clock(), _ => "1")(arguments));
}
