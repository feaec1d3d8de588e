using NodeDns.Linux.Syscalls;

namespace NodeDns.Linux.Scheduling;

/// <summary>The processor time of one thread of this process, readable from any other.</summary>
public readonly unsafe struct ThreadClock
{
    // Low bits of the clock id of one thread, whose number stands inverted above them: the kernel's
    // CPUCLOCK_PERTHREAD_MASK and CPUCLOCK_SCHED, which no header shows to programs.
    private const int PerThread = 4;
    private const int Scheduled = 2;

    private readonly int _id;

    private ThreadClock(int id) => _id = id;

    public static ThreadClock OfCurrentThread() => new(Libc.gettid());

    /// <summary>User and system time in seconds; 0 before the thread ran and after it ended.</summary>
    public double Seconds
    {
        get
        {
            // timespec: two 64-bit numbers on every 64-bit Linux.
            long* time = stackalloc long[2];
            return _id == 0 || Libc.clock_gettime((~_id << 3) | PerThread | Scheduled, time) != 0
                ? 0
                : time[0] + (time[1] / 1e9);
        }
    }
}
