using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace NodeDns.Linux.Scheduling;

/// <summary>How many workers the CPU limit of this container has room for.</summary>
public static class CpuQuota
{
    // Deeper nesting of control groups does not occur; the bound only ends the walk.
    private const int MaxLevels = 64;

    /// <summary>The tightest quota of cgroup v1 or v2, rounded up; at least 1, at most the CPUs we may run on.</summary>
    public static int Workers() => Workers("/", ThreadPlacement.AllowedCpus().Length);

    /// <summary>The same, reading the files below <paramref name="root"/>.</summary>
    internal static int Workers(string root, int cpus)
    {
        double limit = Math.Min(cpus, Limit(root));
        return Math.Max(1, (int)Math.Ceiling(limit));
    }

    private static double Limit(string root)
    {
        double limit = double.PositiveInfinity;
        foreach ((string mount, string path, bool isVersion2) in Groups(root))
        {
            // A parent's quota binds its children, and a container often sees its own group as the mount's root.
            string folder = path;
            for (int level = 0; level < MaxLevels; level++)
            {
                string group = Path.Join(root, mount, folder);
                limit = Math.Min(limit, isVersion2 ? ReadVersion2(group) : ReadVersion1(group));
                if (folder.Length <= 1)
                {
                    break;
                }

                folder = folder[..Math.Max(1, folder.LastIndexOf('/'))];
            }
        }

        return limit;
    }

    // Lines of /proc/self/cgroup: "0::/path" for version 2, "4:cpu,cpuacct:/path" for version 1.
    private static IEnumerable<(string Mount, string Path, bool IsVersion2)> Groups(string root)
    {
        foreach (string line in ReadLines(Path.Join(root, "proc/self/cgroup")))
        {
            string[] parts = line.Split(':', 3);
            if (parts.Length != 3)
            {
                continue;
            }

            if (parts[1].Length == 0)
            {
                yield return ("sys/fs/cgroup", parts[2], true);
                yield return ("sys/fs/cgroup/unified", parts[2], true);
            }
            else if (Array.IndexOf(parts[1].Split(','), "cpu") >= 0)
            {
                yield return ("sys/fs/cgroup/" + parts[1], parts[2], false);
                yield return ("sys/fs/cgroup/cpu", parts[2], false);
            }
        }
    }

    // cpu.max holds "QUOTA PERIOD", the quota being "max" when there is none.
    private static double ReadVersion2(string group)
    {
        foreach (string line in ReadLines(Path.Join(group, "cpu.max")))
        {
            string[] parts = line.Split(' ');
            return parts.Length == 2 ? Ratio(parts[0], parts[1]) : double.PositiveInfinity;
        }

        return double.PositiveInfinity;
    }

    private static double ReadVersion1(string group)
    {
        string[] quota = ReadLines(Path.Join(group, "cpu.cfs_quota_us"));
        string[] period = ReadLines(Path.Join(group, "cpu.cfs_period_us"));
        return quota.Length > 0 && period.Length > 0 ? Ratio(quota[0], period[0]) : double.PositiveInfinity;
    }

    private static double Ratio(string quota, string period)
    {
        bool isLimited = long.TryParse(quota, NumberStyles.None, CultureInfo.InvariantCulture, out long micros)
            & long.TryParse(period, NumberStyles.None, CultureInfo.InvariantCulture, out long length);
        return isLimited && length > 0 ? (double)micros / length : double.PositiveInfinity;
    }

    private static string[] ReadLines(string path)
    {
        if (!File.Exists(path))
        {
            // Usual for the root group. The first exception of a process takes many milliseconds, and a start should not.
            return [];
        }

        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
