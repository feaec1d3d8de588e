using System;
using System.IO;
using System.Runtime.InteropServices;

namespace NodeDns.Linux.Syscalls;

/// <summary>Random bytes from the kernel's own generator, fit for query ids and hash seeds.</summary>
/// <remarks>
/// The runtime's RandomNumberGenerator asks OpenSSL, which a process then holds in memory for nothing else.
/// MEASURED: 4.5 MiB resident, benchmarks/results/2026-11-21-publish-form.md.
/// </remarks>
public static unsafe class KernelRandom
{
    public static void Fill(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            SyscallResult written;
            // SAFETY: the kernel writes at most the length given with the pointer, which stays fixed for the call.
            fixed (byte* start = destination)
            {
                written = SyscallResult.From(Libc.getrandom(start, (nuint)destination.Length, flags: 0));
            }

            if (written.IsError && written.Error != Errno.EINTR)
            {
                Throw(written);
            }

            destination = destination[Math.Max(written.Value, 0)..];
        }
    }

    public static ulong NextUInt64()
    {
        ulong value = 0;
        Fill(MemoryMarshal.AsBytes(new Span<ulong>(ref value)));
        return value;
    }

    // Without random numbers every id can be guessed: better to end than to go on.
    private static void Throw(SyscallResult failure) => throw new IOException($"getrandom: {failure}");
}
