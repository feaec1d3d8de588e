using System;

namespace NodeDns.Config;

/// <summary>reload: how often the files are looked at, give or take half the jitter.</summary>
internal sealed record ReloadConfig(TimeSpan Interval, TimeSpan Jitter);
