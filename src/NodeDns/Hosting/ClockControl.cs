using System;
using System.Globalization;
using NodeDns.Timing;

namespace NodeDns.Hosting;

/// <summary>The control command "clock advance SECONDS": moves the program's one clock, in tests only.</summary>
internal static class ClockControl
{
    public const string Command = "clock advance";
    public const string Variable = "NODEDNS_TEST_CLOCK";

    private const double LongestSeconds = 10 * 365 * 86_400.0;

    /// <summary>A clock that anybody could move would be a way to empty a production cache, hence the variable.</summary>
    public static Func<string[], string> Handler(Clock clock, Func<string, string?> environment)
    {
        bool allowed = environment(Variable) == "1";
        return arguments => allowed ? Advance(clock, arguments) : ControlServer.ErrorPrefix +
            $"refused: the server was not started with {Variable}=1";
    }

    private static string Advance(Clock clock, string[] arguments)
    {
        if (arguments.Length != 1 ||
            !double.TryParse(arguments[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) ||
            !(seconds > 0 && seconds <= LongestSeconds))
        {
            return ControlServer.ErrorPrefix + "expected a number of seconds above zero: clock advance SECONDS";
        }

        clock.Advance(TimeSpan.FromSeconds(seconds));
        return string.Create(CultureInfo.InvariantCulture, $"advanced by {seconds} s");
    }
}
