using System;
using System.Collections.Concurrent;

namespace NodeDns.Metrics;

/// <summary>All threads' counters; summed when somebody looks.</summary>
internal sealed class CounterRegistry
{
    private readonly ConcurrentBag<WorkerCounters> _all = [];

    public WorkerCounters Add()
    {
        WorkerCounters counters = new();
        _all.Add(counters);
        return counters;
    }

    public long Sum(Func<WorkerCounters, long> counter)
    {
        long sum = 0;
        foreach (WorkerCounters counters in _all)
        {
            sum += counter(counters);
        }

        return sum;
    }
}
