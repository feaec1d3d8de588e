using System;
using System.Runtime.InteropServices;
using NodeDns.Linux.Syscalls;

namespace NodeDns.Linux.Sockets;

/// <summary>The native arrays behind one batch: per slot a header, one buffer, one address and one control area.</summary>
/// <remarks>
/// One page-aligned block, made once, so the kernel reads and writes in place and the GC never sees it. Buffers are
/// not cleared: a page of them takes memory once a datagram reaches it. Every pointer in a header is set here and never
/// again; only lengths change afterwards.
/// </remarks>
internal sealed unsafe class MessageSlots : IDisposable
{
    /// <summary>The kernel's UIO_MAXIOV: sendmmsg takes no more messages than this in one call.</summary>
    public const int MaxSlots = 1024;

    /// <summary>Room for one in6_pktinfo control message (40 bytes), rounded to a cache line.</summary>
    public const int ControlBytes = 64;

    private const int CacheLine = 64;
    private const int PageBytes = 4096;

    private void* _block;

    public MessageSlots(int slots, int slotBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(slots, MaxSlots);
        ArgumentOutOfRangeException.ThrowIfLessThan(slotBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(slotBytes, ushort.MaxValue + 1);
        Slots = slots;
        SlotBytes = slotBytes;
        Stride = StrideOf(slotBytes);

        nuint headerBytes = (nuint)(slots * sizeof(Libc.mmsghdr));
        nuint vectorBytes = (nuint)(slots * sizeof(Libc.iovec));
        nuint controlBytes = (nuint)(slots * ControlBytes);
        nuint addressBytes = (nuint)(slots * PeerAddress.SizeBytes);
        nuint bufferOffset = RoundUp(headerBytes + vectorBytes + controlBytes + addressBytes, CacheLine);
        nuint total = RoundUp(bufferOffset + (nuint)(slots * Stride), PageBytes);

        // SAFETY: The parts are laid end to end inside one block of exactly their sum; the three first have sizes
        // that are multiples of 16, so each part starts aligned for its type.
        _block = NativeMemory.AlignedAlloc(total, PageBytes);
        NativeMemory.Clear(_block, bufferOffset);
        Headers = (Libc.mmsghdr*)_block;
        Vectors = (Libc.iovec*)((byte*)_block + headerBytes);
        Controls = (byte*)Vectors + vectorBytes;
        Addresses = (PeerAddress*)(Controls + controlBytes);
        Buffers = (byte*)_block + bufferOffset;
        Connect();
    }

    public int Slots { get; }

    public int SlotBytes { get; }

    /// <summary>Bytes from one slot's buffer to the next.</summary>
    public int Stride { get; }

    public Libc.mmsghdr* Headers { get; }

    public Libc.iovec* Vectors { get; }

    public byte* Controls { get; }

    public PeerAddress* Addresses { get; }

    public byte* Buffers { get; }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_block);
        _block = null;
    }

    // An odd number of cache lines: with a power of two the heads of all slots would fight for a few cache sets.
    private static int StrideOf(int slotBytes)
    {
        int lines = (slotBytes + CacheLine - 1) / CacheLine;
        return (lines | 1) * CacheLine;
    }

    private static nuint RoundUp(nuint value, nuint multiple) => (value + multiple - 1) / multiple * multiple;

    private void Connect()
    {
        for (int i = 0; i < Slots; i++)
        {
            Vectors[i].iov_base = Buffers + ((nint)i * Stride);
            Vectors[i].iov_len = (nuint)SlotBytes;
            Headers[i].msg_hdr.msg_iov = &Vectors[i];
            Headers[i].msg_hdr.msg_iovlen = 1;
            Headers[i].msg_hdr.msg_name = &Addresses[i];
            Headers[i].msg_hdr.msg_control = Controls + ((nint)i * ControlBytes);
        }
    }
}
