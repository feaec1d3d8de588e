using System;

namespace NodeDns.Status;

/// <summary>The bounds of the status page: what is kept and shown is never more than this.</summary>
internal static class StatusLimits
{
    /// <summary>The length of one slot of the history.</summary>
    public const long StepMilliseconds = 10_000;

    /// <summary>Slots kept, the one under way included: an hour.</summary>
    public const int Slots = 360;

    /// <summary>Upstreams and zones listed; a Corefile with more has its figures in /metrics.</summary>
    public const int Rows = 200;

    /// <summary>A timer fires a little after the boundary of a slot, never before it.</summary>
    public static readonly TimeSpan TimerSlack = TimeSpan.FromMilliseconds(20);
}
