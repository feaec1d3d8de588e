using System;
using System.Buffers.Text;
using System.Diagnostics;
using System.IO;
using System.IO.Enumeration;
using Microsoft.Win32.SafeHandles;

namespace NodeDns.Metrics;

/// <summary>The process as the kernel sees it, under the names every Prometheus client library uses.</summary>
internal sealed class ProcessMetrics
{
    private readonly double _startTime = StartTime();
    private readonly long _maxDescriptors = ReadMaxDescriptors();
    private readonly byte[] _memory = new byte[128];
    private long _residentPages;
    private long _virtualPages;

    public void Register(MetricSet set)
    {
        set.Prepare(ReadMemory);
        set.Counter(
            "process_cpu_seconds_total", "User and system time spent.", () => Environment.CpuUsage.TotalTime.TotalSeconds);
        set.Gauge(
            "process_resident_memory_bytes", "Resident memory.", () => _residentPages * Environment.SystemPageSize);
        set.Gauge("process_virtual_memory_bytes", "Address space.", () => _virtualPages * Environment.SystemPageSize);
        set.Gauge("process_start_time_seconds", "Start, since 1970.", () => _startTime);
        set.Gauge("process_open_fds", "Open descriptors.", CountDescriptors);
        set.Gauge("process_max_fds", "How many descriptors there may be.", () => _maxDescriptors);
    }

    private static double StartTime()
    {
        using Process self = Process.GetCurrentProcess();
        return new DateTimeOffset(self.StartTime).ToUnixTimeMilliseconds() / 1000.0;
    }

    private void ReadMemory()
    {
        using SafeFileHandle file = File.OpenHandle("/proc/self/statm");
        ReadOnlySpan<byte> text = _memory.AsSpan(0, RandomAccess.Read(file, _memory, 0));
        if (Utf8Parser.TryParse(text, out long size, out int length)
            && Utf8Parser.TryParse(text[(length + 1)..], out long resident, out _))
        {
            (_virtualPages, _residentPages) = (size, resident);
        }
    }

    private static long CountDescriptors()
    {
        // The one that the listing itself uses is in it.
        long count = -1;
        foreach (int one in new FileSystemEnumerable<int>("/proc/self/fd", (ref FileSystemEntry _) => 1))
        {
            count += one;
        }

        return count;
    }

    private static long ReadMaxDescriptors()
    {
        foreach (string line in File.ReadLines("/proc/self/limits"))
        {
            if (line.StartsWith("Max open files", StringComparison.Ordinal))
            {
                string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                return long.TryParse(words[3], out long most) ? most : 0;
            }
        }

        return 0;
    }
}
