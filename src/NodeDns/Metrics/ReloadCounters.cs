namespace NodeDns.Metrics;

/// <summary>How reloads went; written by the one thread that reloads.</summary>
internal sealed class ReloadCounters
{
    public long Succeeded;
    public long Failed;

    /// <summary>Whether the last try was refused, so that an older config is served.</summary>
    public bool LastFailed;
}
