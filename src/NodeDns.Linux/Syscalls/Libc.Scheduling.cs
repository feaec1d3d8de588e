using System.Runtime.InteropServices;

namespace NodeDns.Linux.Syscalls;

internal static unsafe partial class Libc
{
    public const int PR_SET_NAME = 15;

    /// <summary>Bits of a <c>cpu_set_t</c>.</summary>
    public const int CPU_SETSIZE = 1024;

    [LibraryImport(Library)]
    public static partial int sched_setaffinity(int pid, nuint cpusetsize, void* mask);

    [LibraryImport(Library)]
    public static partial int sched_getaffinity(int pid, nuint cpusetsize, void* mask);

    [LibraryImport(Library)]
    public static partial int gettid();

    [LibraryImport(Library)]
    public static partial int clock_gettime(int clockid, long* timespec);

    [LibraryImport(Library)]
    public static partial void _exit(int status);

    [LibraryImport(Library)]
    public static partial int prctl(int option, nuint arg2, nuint arg3, nuint arg4, nuint arg5);
}
