using System;
using System.Runtime.InteropServices;
using NodeDns.Linux.Syscalls;

namespace NodeDns.Linux.Netlink;

/// <summary>One netlink message being written: header, fixed body, attributes. Everything is in the machine's byte order.</summary>
internal sealed class NetlinkRequest
{
    private const int HeaderBytes = 16;
    private readonly byte[] _bytes = new byte[256];
    private int _length;

    private NetlinkRequest(ushort type, ushort flags)
    {
        Libc.nlmsghdr header = new() { nlmsg_type = type, nlmsg_flags = (ushort)(flags | Libc.NLM_F_REQUEST) };
        MemoryMarshal.Write(_bytes, header);
        _length = HeaderBytes;
    }

    public static NetlinkRequest Create<TBody>(ushort type, ushort flags, in TBody body)
        where TBody : unmanaged
    {
        NetlinkRequest request = new(type, flags);
        MemoryMarshal.Write(request._bytes.AsSpan(request._length), body);
        request._length += Align(MemoryMarshal.AsBytes(new ReadOnlySpan<TBody>(in body)).Length);
        return request;
    }

    public static int Align(int length) => (length + 3) & ~3;

    public NetlinkRequest Add(ushort type, ReadOnlySpan<byte> value)
    {
        int start = Begin(type);
        value.CopyTo(_bytes.AsSpan(_length));
        _length += value.Length;
        return End(start);
    }

    public NetlinkRequest Add(ushort type, uint value) => Add(type, MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in value)));

    /// <summary>Opens an attribute that holds attributes; <see cref="End"/> takes the returned position.</summary>
    public int Begin(ushort type)
    {
        int start = _length;
        MemoryMarshal.Write(_bytes.AsSpan(start + 2), type);
        _length += 4;
        return start;
    }

    public NetlinkRequest End(int start)
    {
        MemoryMarshal.Write(_bytes.AsSpan(start), (ushort)(_length - start));
        _length = Align(_length);
        return this;
    }

    public ReadOnlySpan<byte> Finish(uint sequence)
    {
        MemoryMarshal.Write(_bytes, (uint)_length);
        MemoryMarshal.Write(_bytes.AsSpan(8), sequence);
        return _bytes.AsSpan(0, _length);
    }
}
