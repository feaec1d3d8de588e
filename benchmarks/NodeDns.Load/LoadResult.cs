using System.Globalization;

namespace NodeDns.Load;

/// <summary>What a run has measured.</summary>
internal sealed record LoadResult
{
    public required double Seconds { get; init; }

    /// <summary>Right answers within the measured time, without those that came while draining.</summary>
    public required long AnsweredInTime { get; init; }

    public required LoadTally Tally { get; init; }

    public required long ServerCpuNanoseconds { get; init; }

    public required long ServerResidentBytes { get; init; }

    /// <summary>CPUs the load generator itself used; near 1 means that it may have been the bottleneck.</summary>
    public required double LoadCpuShare { get; init; }

    public double QueriesPerSecond => AnsweredInTime / Seconds;

    public double LostShare => Tally.Sent == 0 ? 0 : (double)Tally.Lost / Tally.Sent;

    public double ServerCpuMicrosecondsPerQuery =>
        AnsweredInTime == 0 ? 0 : ServerCpuNanoseconds / 1000.0 / AnsweredInTime;

    public double ServerCpuShare => ServerCpuNanoseconds / 1e9 / Seconds;

    /// <summary>Why this run is no measurement; null for a good one.</summary>
    public string? Problem(LoadOptions options)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        if (AnsweredInTime == 0)
        {
            return "nothing was measured: not one right answer came";
        }

        if (Tally.Wrong > 0)
        {
            return string.Create(culture, $"{Tally.Wrong} wrong answers");
        }

        return LostShare > options.TolerateLost
            ? string.Create(culture, $"{Tally.Lost} of {Tally.Sent} questions lost, tolerated {options.TolerateLost:P2}")
            : null;
    }
}
