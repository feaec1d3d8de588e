using System;
using System.Diagnostics;
using NodeDns.Linux.Syscalls;

namespace NodeDns.Linux.Sockets;

/// <summary>Slots for the datagrams of one recvmmsg: received together, read in place.</summary>
/// <remarks>Owned by one thread. What a slot shows is valid until the next <see cref="Receive"/>.</remarks>
public sealed unsafe class ReceiveBatch : IDisposable
{
    private readonly MessageSlots _slots;
    private readonly Libc.mmsghdr* _headers;
    private readonly byte* _buffers;
    private readonly int _stride;
    private readonly nuint _controlBytes;

    /// <param name="slots">Datagrams per call, at most 1,024.</param>
    /// <param name="slotBytes">Longest datagram that arrives whole.</param>
    /// <param name="packetInfo">Whether <see cref="Destination"/> is wanted.</param>
    public ReceiveBatch(int slots, int slotBytes, bool packetInfo)
    {
        _slots = new MessageSlots(slots, slotBytes);
        _headers = _slots.Headers;
        _buffers = _slots.Buffers;
        _stride = _slots.Stride;
        _controlBytes = packetInfo ? MessageSlots.ControlBytes : 0u;
        Restore(slots);
    }

    /// <summary>Datagrams of the last <see cref="Receive"/>.</summary>
    public int Count { get; private set; }

    public int Capacity => _slots.Slots;

    /// <summary>Takes what has arrived, up to the number of slots; EAGAIN when there is nothing.</summary>
    public SyscallResult Receive(UdpSocket socket)
    {
        Restore(Count);
        SyscallResult result;
        do
        {
            result = SyscallResult.From(
                Libc.recvmmsg(socket.Descriptor, _headers, (uint)_slots.Slots, Libc.MSG_DONTWAIT, null));
        }
        while (result.Error == Errno.EINTR);
        Count = result.IsError ? 0 : result.Value;
        return result;
    }

    // SAFETY: In the accessors below the kernel filled slots 0 to Count - 1 and wrote at most SlotBytes into each
    // buffer; msg_len is the length it wrote, because MSG_TRUNC is not asked for.
    public ReadOnlySpan<byte> Datagram(int index)
    {
        Debug.Assert((uint)index < (uint)Count, "slot out of range");
        return new ReadOnlySpan<byte>(_buffers + ((nint)index * _stride), (int)_headers[index].msg_len);
    }

    /// <summary>True when the datagram was longer than a slot and its end is lost.</summary>
    public bool IsTruncated(int index)
    {
        Debug.Assert((uint)index < (uint)Count, "slot out of range");
        return (_headers[index].msg_hdr.msg_flags & Libc.MSG_TRUNC) != 0;
    }

    public ref readonly PeerAddress Source(int index)
    {
        Debug.Assert((uint)index < (uint)Count, "slot out of range");
        return ref _slots.Addresses[index];
    }

    /// <summary>The address the datagram was sent to; the default value unless socket and batch have packet info.</summary>
    public LocalAddress Destination(int index)
    {
        Debug.Assert((uint)index < (uint)Count, "slot out of range");
        return _controlBytes == 0 ? default : PacketInfo.Read(in _headers[index].msg_hdr);
    }

    public void Dispose() => _slots.Dispose();

    // The kernel overwrites both lengths with what it used; a slot that was received into gets its room back here,
    // and nowhere else.
    private void Restore(int used)
    {
        for (int i = 0; i < used; i++)
        {
            _headers[i].msg_hdr.msg_namelen = PeerAddress.SizeBytes;
            _headers[i].msg_hdr.msg_controllen = _controlBytes;
        }
    }
}
