using System;
using System.Buffers.Binary;
using NodeDns.Linux.Syscalls;

namespace NodeDns.Upstreams;

/// <summary>Query ids and source ports from the operating system's generator, fetched a page at a time.</summary>
/// <remarks>One per thread. Never System.Random: predictable ids are how caches get poisoned (CVE-2019-19794).</remarks>
internal sealed class RandomPool
{
    private readonly byte[] _bytes = new byte[4096];
    private int _position = 4096;

    public ushort NextUInt16()
    {
        Span<byte> bytes = Take(sizeof(ushort));
        ushort value = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        bytes.Clear();
        return value;
    }

    public ulong NextUInt64()
    {
        Span<byte> bytes = Take(sizeof(ulong));
        ulong value = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        bytes.Clear();
        return value;
    }

    /// <summary>A port of the whole unprivileged range, 1024 to 65535, each equally likely.</summary>
    public ushort NextPort()
    {
        while (true)
        {
            ushort port = NextUInt16();
            if (port >= 1024)
            {
                return port;
            }
        }
    }

    /// <summary>The next bytes; whoever takes them clears them, so that what was handed out is not kept around.</summary>
    private Span<byte> Take(int count)
    {
        if (_position + count > _bytes.Length)
        {
            KernelRandom.Fill(_bytes);
            _position = 0;
        }

        _position += count;
        return _bytes.AsSpan(_position - count, count);
    }
}
