using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace NodeDns.Linux.Memory;

/// <summary>What concerns the processor's cache lines.</summary>
public static class CacheLine
{
    public const int Bytes = 64;

    /// <summary>Asks the processor to fetch a line while something else is done; a hint, without effect on results.</summary>
    // SAFETY: a prefetch of any address, valid or not, neither reads nor faults.
    public static unsafe void Prefetch(ref readonly byte location)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in location)));
        }
    }

    /// <summary>How many bytes into a pinned array the first line begins.</summary>
    public static int Offset(Array pinned) =>
        (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0) & (Bytes - 1));
}
