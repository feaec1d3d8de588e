using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace NodeDns.Load;

/// <summary>CPU time and resident memory of processes, from the kernel's own accounting.</summary>
internal readonly record struct ProcessUsage(long CpuNanoseconds, long ResidentBytes)
{
    private const long NanosecondsPerTick = 1_000_000_000 / 100; // USER_HZ is 100 on every Linux we run on.

    public static ProcessUsage Read(IReadOnlyList<int> pids)
    {
        long cpu = 0;
        long resident = 0;
        foreach (int pid in pids)
        {
            try
            {
                cpu += ReadCpu(pid);
                resident += ReadResident(pid);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new LoadFailedException($"cannot read the usage of process {pid}: {error.Message}", error);
            }
        }

        return new ProcessUsage(cpu, resident);
    }

    // schedstat counts nanoseconds, but only of threads that are still there; stat counts all of them in ticks of
    // 10 ms. The larger of both is right: a server's threads live as long as it does.
    private static long ReadCpu(int pid)
    {
        long precise = 0;
        foreach (string task in Directory.GetDirectories($"/proc/{pid}/task"))
        {
            string file = Path.Join(task, "schedstat");
            if (File.Exists(file))
            {
                precise += long.Parse(File.ReadAllText(file).Split(' ')[0], CultureInfo.InvariantCulture);
            }
        }

        // Fields are counted from the closing parenthesis, because the name before it may hold spaces.
        string stat = File.ReadAllText($"/proc/{pid}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        long ticks = long.Parse(fields[11], CultureInfo.InvariantCulture)
            + long.Parse(fields[12], CultureInfo.InvariantCulture);
        return precise > 0 && precise + NanosecondsPerTick >= ticks * NanosecondsPerTick
            ? precise
            : ticks * NanosecondsPerTick;
    }

    private static long ReadResident(int pid)
    {
        foreach (string line in File.ReadLines($"/proc/{pid}/status"))
        {
            if (line.StartsWith("VmRSS:", StringComparison.Ordinal))
            {
                string kibibytes = line["VmRSS:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
                return long.Parse(kibibytes, CultureInfo.InvariantCulture) * 1024;
            }
        }

        return 0;
    }
}
