using System;
using System.Diagnostics;
using NodeDns.Linux.Syscalls;

namespace NodeDns.Linux.Sockets;

/// <summary>Slots for the datagrams of one sendmmsg: written in place, sent together.</summary>
/// <remarks>
/// Owned by one thread. The order is <see cref="Reserve"/>, write, Commit; a reserved slot that is not committed is
/// simply handed out again. On a socket that uses segments, datagrams for one peer leave together.
/// </remarks>
public sealed unsafe class SendBatch : IDisposable
{
    private readonly MessageSlots _slots;
    private readonly SegmentGroups _groups;
    private readonly Libc.mmsghdr* _headers;
    private readonly byte* _buffers;
    private readonly int _stride;
    private readonly int _slotBytes;
    private readonly int _capacity;

    /// <param name="slots">Datagrams per call, at most 1,024.</param>
    /// <param name="slotBytes">Longest datagram.</param>
    public SendBatch(int slots, int slotBytes)
    {
        _slots = new MessageSlots(slots, slotBytes);
        _groups = new SegmentGroups(_slots);
        _headers = _slots.Headers;
        _buffers = _slots.Buffers;
        _stride = _slots.Stride;
        _slotBytes = slotBytes;
        _capacity = slots;
    }

    /// <summary>Committed datagrams that wait for <see cref="Flush"/>.</summary>
    public int Count { get; private set; }

    public int Capacity => _capacity;

    public bool IsFull => Count == _capacity;

    /// <summary>The next free slot's buffer; only while the batch is not full.</summary>
    public Span<byte> Reserve()
    {
        Debug.Assert(Count < _capacity, "batch is full");

        // SAFETY: Count never exceeds the capacity, and each slot has _slotBytes of its own.
        return new Span<byte>(_buffers + ((nint)Count * _stride), _slotBytes);
    }

    /// <summary>Queues the reserved slot's first bytes for a client.</summary>
    /// <param name="length">Bytes written into the slot.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="source">Which address of ours to send from; the default value for the socket's own.</param>
    public void Commit(int length, in PeerAddress destination, in LocalAddress source)
    {
        Debug.Assert(Count < _capacity && (uint)length <= (uint)_slotBytes, "slot or length out of range");
        int slot = Count;
        ref Libc.msghdr header = ref _headers[slot].msg_hdr;
        _slots.Vectors[slot].iov_len = (nuint)length;
        _slots.Addresses[slot] = destination;
        header.msg_name = &_slots.Addresses[slot];
        header.msg_namelen = destination.Length;
        if (source.IsDefault)
        {
            // The pointer to the control area stays: a length of zero is what the kernel goes by.
            header.msg_controllen = 0;
        }
        else
        {
            PacketInfo.Write(ref header, in source);
        }

        Count = slot + 1;
    }

    /// <summary>Queues the reserved slot's first bytes for the peer of a connected socket.</summary>
    public void Commit(int length)
    {
        Debug.Assert(Count < _capacity && (uint)length <= (uint)_slotBytes, "slot or length out of range");
        int slot = Count;
        _slots.Vectors[slot].iov_len = (nuint)length;
        _headers[slot].msg_hdr.msg_name = null;
        _headers[slot].msg_hdr.msg_namelen = 0;
        _headers[slot].msg_hdr.msg_controllen = 0;
        Count = slot + 1;
    }

    /// <summary>Sends all committed datagrams and empties the batch; never waits.</summary>
    /// <param name="socket">The socket to send on.</param>
    /// <param name="sent">Datagrams the kernel took.</param>
    /// <param name="dropped">Datagrams it refused; they are gone, as on any wire.</param>
    /// <returns>The number sent, or the last error when any datagram was dropped.</returns>
    public SyscallResult Flush(UdpSocket socket, out int sent, out int dropped)
    {
        int total = Count;
        Count = 0;
        SyscallResult failure = default;
        sent = 0;
        if (total > 1 && socket.UsesSegments && _groups.TryBuild(total))
        {
            SendGroups(socket, ref sent, ref failure);
        }
        else
        {
            Send(socket, 0, total, ref sent, ref failure);
        }

        dropped = total - sent;
        return dropped == 0 ? SyscallResult.Success(sent) : failure;
    }

    public void Dispose()
    {
        _groups.Dispose();
        _slots.Dispose();
    }

    /// <summary>Sends slots one by one; false when the socket's buffer is full.</summary>
    private bool Send(UdpSocket socket, int position, int end, ref int sent, ref SyscallResult failure)
    {
        while (position < end)
        {
            SyscallResult result = SyscallResult.From(Libc.sendmmsg(
                socket.Descriptor, _headers + position, (uint)(end - position), Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL));
            if (!result.IsError)
            {
                sent += result.Value;
                position += result.Value;
            }
            else if (result.Error == Errno.EAGAIN)
            {
                // The socket buffer is full. Waiting would stall every other client of this worker.
                failure = result;
                return false;
            }
            else if (result.Error != Errno.EINTR)
            {
                // An error with nothing sent belongs to the first datagram alone (no route, filtered, source gone).
                failure = result;
                position++;
            }
        }

        return true;
    }

    private void SendGroups(UdpSocket socket, ref int sent, ref SyscallResult failure)
    {
        int position = 0;
        while (position < _groups.Count)
        {
            SyscallResult result = SyscallResult.From(Libc.sendmmsg(
                socket.Descriptor, _groups.Headers + position, (uint)(_groups.Count - position),
                Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL));
            if (!result.IsError)
            {
                for (int end = position + result.Value; position < end; position++)
                {
                    sent += _groups.Size(position);
                }
            }
            else if (result.Error == Errno.EAGAIN)
            {
                failure = result;
                return;
            }
            else if (result.Error != Errno.EINTR && !SendSingly(socket, position++, result.Error, ref sent, ref failure))
            {
                return;
            }
        }
    }

    /// <summary>A group was refused: its datagrams go out alone, and each of them may be refused alone.</summary>
    private bool SendSingly(UdpSocket socket, int group, int error, ref int sent, ref SyscallResult failure)
    {
        if (error == Errno.EIO)
        {
            // The kernel's word for a link that leaves checksums to us: such a one takes no segments at all.
            socket.UsesSegments = false;
        }

        for (int slot = _groups.FirstSlot(group); slot >= 0; slot = _groups.NextSlot(slot))
        {
            if (!Send(socket, slot, slot + 1, ref sent, ref failure))
            {
                return false;
            }
        }

        return true;
    }
}
