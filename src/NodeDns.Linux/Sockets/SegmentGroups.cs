using System;
using System.Runtime.InteropServices;
using NodeDns.Linux.Syscalls;

namespace NodeDns.Linux.Sockets;

/// <summary>Joins datagrams of a batch that go to one peer and are equally long into messages the kernel cuts up again.</summary>
/// <remarks>
/// <para>UDP_SEGMENT (Linux 4.18): the network stack is passed once per group instead of once per datagram; the peer
/// receives the same datagrams. Clients ask in bursts (A and AAAA together, a search list), so answers come in groups.</para>
/// <para>Owned by its <see cref="SendBatch"/>. Groups are lists of slots, found again through a small table by peer and
/// length; two that fall on one place of the table only make one group more.</para>
/// </remarks>
internal sealed unsafe class SegmentGroups : IDisposable
{
    /// <summary>The kernel's UDP_MAX_SEGMENTS.</summary>
    private const int MaxSegments = 64;

    /// <summary>Fits every usual path; what is longer may need fragments, which segments cannot have.</summary>
    private const int MaxSegmentBytes = 1232;

    private const int Places = 128;
    private const int PlaceBits = 7;
    private const ulong Mix = 0x9E37_79B9_7F4A_7C15;

    private readonly MessageSlots _slots;
    private readonly ushort[] _places = new ushort[Places];
    private readonly short[] _next;
    private readonly short[] _first;
    private readonly short[] _last;
    private readonly short[] _sizes;
    private readonly Libc.iovec* _vectors;
    private readonly byte* _controls;

    public SegmentGroups(MessageSlots slots)
    {
        _slots = slots;
        _next = new short[slots.Slots];
        _first = new short[slots.Slots];
        _last = new short[slots.Slots];
        _sizes = new short[slots.Slots];
        nuint headerBytes = (nuint)(slots.Slots * sizeof(Libc.mmsghdr));
        nuint vectorBytes = (nuint)(slots.Slots * sizeof(Libc.iovec));

        // SAFETY: Three arrays end to end in one block of their sum; the first two have sizes that are multiples of 16.
        Headers = (Libc.mmsghdr*)NativeMemory.AllocZeroed(
            headerBytes + vectorBytes + (nuint)(slots.Slots * MessageSlots.ControlBytes));
        _vectors = (Libc.iovec*)((byte*)Headers + headerBytes);
        _controls = (byte*)_vectors + vectorBytes;
    }

    /// <summary>One message per group, for sendmmsg.</summary>
    public Libc.mmsghdr* Headers { get; private set; }

    public int Count { get; private set; }

    /// <summary>Groups the first slots of the batch; false when each would be alone in its group.</summary>
    public bool TryBuild(int count)
    {
        Array.Clear(_places);
        Count = 0;
        for (int slot = 0; slot < count; slot++)
        {
            ref ushort place = ref _places[PlaceOf(slot)];
            int group = place - 1;
            if (group >= 0 && CanJoin(group, slot))
            {
                _next[_last[group]] = (short)slot;
                _last[group] = (short)slot;
                _sizes[group]++;
            }
            else
            {
                group = Count++;
                place = (ushort)(group + 1);
                _first[group] = (short)slot;
                _last[group] = (short)slot;
                _sizes[group] = 1;
            }

            _next[slot] = -1;
        }

        if (Count == count)
        {
            return false;
        }

        int used = 0;
        for (int group = 0; group < Count; group++)
        {
            Write(group, _vectors + used);
            used += _sizes[group];
        }

        return true;
    }

    /// <summary>Datagrams in a group.</summary>
    public int Size(int group) => _sizes[group];

    public int FirstSlot(int group) => _first[group];

    /// <summary>The slot after this one in its group, or -1.</summary>
    public int NextSlot(int slot) => _next[slot];

    public void Dispose()
    {
        NativeMemory.Free(Headers);
        Headers = null;
    }

    private int PlaceOf(int slot)
    {
        ulong key = _slots.Vectors[slot].iov_len;
        if (_slots.Headers[slot].msg_hdr.msg_name != null)
        {
            // SAFETY: Family and port, and the IPv4 address or the IPv6 flow: the first 8 of an address's 28 bytes.
            key ^= *(ulong*)&_slots.Addresses[slot] * Mix;
        }

        return (int)((key * Mix) >> (64 - PlaceBits));
    }

    private bool CanJoin(int group, int slot)
    {
        int first = _first[group];
        nuint length = _slots.Vectors[first].iov_len;
        ref Libc.msghdr mine = ref _slots.Headers[first].msg_hdr;
        ref Libc.msghdr other = ref _slots.Headers[slot].msg_hdr;
        return _slots.Vectors[slot].iov_len == length && length is > 0 and <= MaxSegmentBytes
            && _sizes[group] < MaxSegments && (length * (nuint)(_sizes[group] + 1)) < ushort.MaxValue - 100
            && mine.msg_namelen == other.msg_namelen
            && (mine.msg_namelen == 0 || _slots.Addresses[first].Equals(_slots.Addresses[slot]))
            && mine.msg_controllen == other.msg_controllen
            && new ReadOnlySpan<byte>(mine.msg_control, (int)mine.msg_controllen)
                .SequenceEqual(new ReadOnlySpan<byte>(other.msg_control, (int)other.msg_controllen));
    }

    private void Write(int group, Libc.iovec* vectors)
    {
        int slot = _first[group];
        ref Libc.msghdr header = ref Headers[group].msg_hdr;
        header = _slots.Headers[slot].msg_hdr;
        header.msg_iov = vectors;
        header.msg_iovlen = (nuint)_sizes[group];
        for (int i = 0; slot >= 0; i++, slot = _next[slot])
        {
            vectors[i] = _slots.Vectors[slot];
        }

        if (_sizes[group] > 1)
        {
            // SAFETY: A control area holds the larger packet info (40 bytes) and this message (24), in multiples of 8.
            byte* control = _controls + (group * MessageSlots.ControlBytes);
            nuint length = header.msg_controllen;
            new ReadOnlySpan<byte>(header.msg_control, (int)length).CopyTo(new Span<byte>(control, (int)length));
            Libc.cmsghdr* segment = (Libc.cmsghdr*)(control + length);
            segment->cmsg_level = Libc.IPPROTO_UDP;
            segment->cmsg_type = Libc.UDP_SEGMENT;
            segment->cmsg_len = (nuint)(sizeof(Libc.cmsghdr) + sizeof(ushort));
            *(ushort*)(segment + 1) = (ushort)vectors[0].iov_len;
            header.msg_control = control;
            header.msg_controllen = length + (nuint)(sizeof(Libc.cmsghdr) + sizeof(ulong));
        }
    }
}
