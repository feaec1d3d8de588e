using System;

namespace NodeDns.Metrics;

/// <summary>How reloads went; written by the one thread that reloads.</summary>
internal sealed class ReloadCounters
{
    public long Succeeded;
    public long Failed;

    /// <summary>Whether the last try was refused, so that an older config is served.</summary>
    public bool LastFailed;

    /// <summary>When the config in force was taken over, in seconds since 1970, and how long that took.</summary>
    public double LoadedAt;
    public double LoadSeconds;

    public void OnLoaded(TimeSpan took)
    {
        LoadedAt = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
        LoadSeconds = took.TotalSeconds;
    }
}
