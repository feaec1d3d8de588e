using System;
using System.Diagnostics;

namespace NodeDns.Node;

/// <summary>A moment by which several steps together have to be done.</summary>
internal readonly record struct Deadline(TimeSpan Within)
{
    private readonly long _began = Stopwatch.GetTimestamp();

    public TimeSpan Left => Within - Stopwatch.GetElapsedTime(_began);
}
