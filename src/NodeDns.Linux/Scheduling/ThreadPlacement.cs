using System;
using System.Numerics;
using System.Text;
using NodeDns.Linux.Syscalls;

namespace NodeDns.Linux.Scheduling;

/// <summary>Where a thread runs and what the kernel's tools call it.</summary>
public static unsafe class ThreadPlacement
{
    private const int MaskWords = Libc.CPU_SETSIZE / 64;

    // The kernel's TASK_COMM_LEN without the closing zero.
    private const int MaxNameBytes = 15;

    /// <summary>Binds the calling thread to one CPU; EINVAL when the process may not use it.</summary>
    public static SyscallResult PinCurrentThread(int cpu)
    {
        if ((uint)cpu >= Libc.CPU_SETSIZE)
        {
            return SyscallResult.Failure(Errno.EINVAL);
        }

        ulong* mask = stackalloc ulong[MaskWords];
        new Span<ulong>(mask, MaskWords).Clear();
        mask[cpu / 64] = 1ul << (cpu % 64);
        return SyscallResult.From(Libc.sched_setaffinity(0, MaskWords * sizeof(ulong), mask));
    }

    /// <summary>The CPUs the calling thread may run on, in ascending order.</summary>
    public static int[] AllowedCpus()
    {
        ulong* mask = stackalloc ulong[MaskWords];
        new Span<ulong>(mask, MaskWords).Clear();
        if (SyscallResult.From(Libc.sched_getaffinity(0, MaskWords * sizeof(ulong), mask)).IsError)
        {
            return [0];
        }

        int count = 0;
        for (int word = 0; word < MaskWords; word++)
        {
            count += BitOperations.PopCount(mask[word]);
        }

        int[] cpus = new int[count];
        for (int cpu = 0, next = 0; next < count; cpu++)
        {
            if ((mask[cpu / 64] >> (cpu % 64) & 1) != 0)
            {
                cpus[next++] = cpu;
            }
        }

        return cpus;
    }

    /// <summary>Names the calling thread for ps, top and perf; longer names are cut to 15 bytes.</summary>
    public static void SetThreadName(string name)
    {
        byte* bytes = stackalloc byte[MaxNameBytes + 1];
        Span<byte> text = new(bytes, MaxNameBytes + 1);
        text.Clear();
        _ = Encoding.UTF8.TryGetBytes(name.AsSpan(0, Math.Min(name.Length, MaxNameBytes)), text[..MaxNameBytes], out _);
        _ = Libc.prctl(Libc.PR_SET_NAME, (nuint)bytes, 0, 0, 0);
    }
}
