using System;
using System.Collections.Immutable;

namespace NodeDns.Hosting;

/// <summary>Which files a config came from and how often to look at them.</summary>
/// <param name="Interval">Zero: only signals reload.</param>
/// <param name="Jitter">The interval is drawn once, up to half of this shorter or longer.</param>
internal sealed record WatchPlan(ImmutableArray<string> Files, TimeSpan Interval, TimeSpan Jitter);
