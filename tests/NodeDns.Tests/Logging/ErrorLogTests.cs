using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using NodeDns.Logging;
using NodeDns.Timing;
using NodeDns.Wire;
using Xunit;

namespace NodeDns.Tests.Logging;

public sealed class ErrorLogTests
{
    // example.org. in wire form.
    private static readonly byte[] s_name = [7, .. "example"u8, 3, .. "org"u8, 0];

    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Clock _clock = new();

    [Fact]
    public void Record_NoPattern_IsCoreDnssLine()
    {
        using ErrorLog errors = Log();
        errors.Record(ResponseCode.ServerFailure, s_name, RecordType.AAAA, "10.0.0.1:53: i/o timeout");
        Assert.Equal(["Error plugin/errors: 2 example.org. AAAA: 10.0.0.1:53: i/o timeout"], _lines);
    }

    [Fact]
    public void Record_ErrorsThatMatch_AreOneLineAtTheEndOfThePeriod()
    {
        using ErrorLog errors = Log(Rule("timeout$", 90, LogLevel.Warning));
        for (int i = 0; i < 3; i++)
        {
            errors.Record(ResponseCode.ServerFailure, s_name, RecordType.A, "i/o timeout");
        }

        _clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Empty(_lines);
        _clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(["Warning plugin/errors: 3 errors like 'timeout$' occurred in last 1m30s"], _lines);
        _clock.Advance(TimeSpan.FromSeconds(90));
        Assert.Single(_lines);
    }

    [Fact]
    public void Record_SeveralPatternsMatch_CountsForTheFirst()
    {
        using (ErrorLog errors = Log(Rule("^dial", 30, LogLevel.Error), Rule("timeout$", 30, LogLevel.Error)))
        {
            errors.Record(ResponseCode.ServerFailure, s_name, RecordType.A, "dial: timeout");
            errors.Record(ResponseCode.ServerFailure, s_name, RecordType.A, "refused");
        }

        Assert.Equal(
            [
                "Error plugin/errors: 2 example.org. A: refused",
                "Error plugin/errors: 1 error like '^dial' occurred in last 30s",
            ],
            _lines);
    }

    [Fact]
    public void Record_ShowFirst_SaysTheFirstOfEachPeriodAtOnce()
    {
        using ErrorLog errors = Log(Rule("timeout", 30, LogLevel.Warning) with { ShowFirst = true });
        errors.Record(ResponseCode.ServerFailure, s_name, RecordType.A, "timeout 1");
        errors.Record(ResponseCode.ServerFailure, s_name, RecordType.A, "timeout 2");

        Assert.Equal(["Warning plugin/errors: 2 example.org. A: timeout 1"], _lines);
    }

    [Fact]
    public void Record_DebugLevel_IsNeverShown()
    {
        using (ErrorLog errors = Log(Rule("timeout", 30, null)))
        {
            errors.Record(ResponseCode.ServerFailure, s_name, RecordType.A, "timeout");
        }

        Assert.Empty(_lines);
    }

    [Fact]
    public void Record_MoreThanTheBoundInASecond_CountsTheRest()
    {
        using ErrorLog errors = Log();

        // The second may turn over meanwhile, so only the sum is certain.
        const int Total = 1000;
        for (int i = 0; i < Total; i++)
        {
            errors.Record(ResponseCode.ServerFailure, s_name, RecordType.A, "refused");
        }

        _clock.Advance(TimeSpan.FromSeconds(2));

        int shown = _lines.Count(line => line.EndsWith(": refused", StringComparison.Ordinal));
        int counted = _lines
            .Select(line => Regex.Match(line, "plugin/errors: (\\d+) more errors not shown"))
            .Where(match => match.Success)
            .Sum(match => int.Parse(match.Groups[1].ValueSpan, provider: null));
        Assert.InRange(shown, LogLimits.ErrorLinesPerSecond, Total / 2);
        Assert.Equal(Total, shown + counted);
    }

    [Fact]
    public void Record_WithoutTestClock_TheTimerSaysWhatIsDue()
    {
        using ErrorLog errors = Log(new ErrorRule(Compile("x"), "x", TimeSpan.FromMilliseconds(1), LogLevel.Info, false));
        errors.Record(ResponseCode.ServerFailure, s_name, RecordType.A, "x");
        Assert.True(SpinWait.SpinUntil(() => !_lines.IsEmpty, TimeSpan.FromSeconds(10)));
        Assert.Equal(["Info plugin/errors: 1 error like 'x' occurred in last 0.001s"], _lines);
    }

    [Fact]
    public void Record_AfterDispose_DoesNotThrow()
    {
        ErrorLog errors = Log(Rule("x", 30, LogLevel.Error));
        errors.Dispose();
        errors.Record(ResponseCode.ServerFailure, s_name, RecordType.A, "x");
        Assert.Empty(_lines);
    }

    private ErrorLog Log(params ErrorRule[] rules) =>
        new([.. rules], new Log((level, text) => _lines.Enqueue($"{level} {text}")), _clock);

    private static ErrorRule Rule(string pattern, int seconds, LogLevel? level) =>
        new(Compile(pattern), pattern, TimeSpan.FromSeconds(seconds), level, ShowFirst: false);

    private static Regex Compile(string pattern) => new(pattern, RegexOptions.NonBacktracking);
}
