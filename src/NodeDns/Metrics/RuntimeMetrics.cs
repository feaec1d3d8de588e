using System;
using System.Threading;

namespace NodeDns.Metrics;

/// <summary>The .NET runtime: collections and their pauses, memory, the thread pool.</summary>
internal static class RuntimeMetrics
{
    private static readonly SampleLabels[] s_generations =
    [
        new(["gc_heap_generation"], "gen0"), new(["gc_heap_generation"], "gen1"), new(["gc_heap_generation"], "gen2"),
    ];

    public static void Register(MetricSet set)
    {
        set.Add(
            new MetricFamily("dotnet_gc_collections_total", MetricKind.Counter, "Collections.", "gc_heap_generation"),
            sink =>
            {
                for (int generation = 0; generation < s_generations.Length; generation++)
                {
                    // The runtime counts a collection in each generation it went through.
                    long older = generation + 1 < s_generations.Length ? GC.CollectionCount(generation + 1) : 0;
                    sink.Add(s_generations[generation], GC.CollectionCount(generation) - older);
                }
            });
        set.Counter(
            "dotnet_gc_pause_time_seconds_total", "Time all threads stood still for the collector.",
            () => GC.GetTotalPauseDuration().TotalSeconds);
        set.Gauge(
            "dotnet_gc_last_collection_pause_seconds", "The last such pause.",
            () => GC.GetGCMemoryInfo().PauseDurations is { Length: > 0 } pauses ? pauses[0].TotalSeconds : 0);
        set.Counter(
            "dotnet_gc_heap_allocated_bytes_total", "Bytes allocated since the start.",
            () => GC.GetTotalAllocatedBytes());
        set.Gauge(
            "dotnet_gc_last_collection_heap_size_bytes", "Managed memory after the last collection.",
            () => GC.GetGCMemoryInfo().HeapSizeBytes);
        set.Gauge("dotnet_thread_pool_threads", "Pool threads.", () => (long)ThreadPool.ThreadCount);
        set.Gauge("dotnet_thread_pool_queue_length", "Work that waits for a pool thread.", () => ThreadPool.PendingWorkItemCount);
        set.Gauge(
            "nodedns_memory_limit_bytes", "Memory limit of the cgroup, or of the machine.",
            () => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
    }
}
