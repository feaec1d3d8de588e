using System;
using System.Runtime.InteropServices;

namespace NodeDns.Linux.Netlink;

/// <summary>Walks the attributes of a netlink message; stops at the first that does not fit.</summary>
internal ref struct AttributeReader(ReadOnlySpan<byte> attributes)
{
    // Without the bits that say "nested" and "network byte order".
    private const int TypeMask = 0x3FFF;

    private ReadOnlySpan<byte> _rest = attributes;

    public ushort Type { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    public bool MoveNext()
    {
        if (_rest.Length < 4)
        {
            return false;
        }

        int length = MemoryMarshal.Read<ushort>(_rest);
        if (length < 4 || length > _rest.Length)
        {
            return false;
        }

        Type = (ushort)(MemoryMarshal.Read<ushort>(_rest[2..]) & TypeMask);
        Value = _rest[4..length];
        _rest = _rest[Math.Min(NetlinkRequest.Align(length), _rest.Length)..];
        return true;
    }

    /// <summary>The value of the first attribute of a type; empty when there is none.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> attributes, ushort type)
    {
        AttributeReader reader = new(attributes);
        while (reader.MoveNext())
        {
            if (reader.Type == type)
            {
                return reader.Value;
            }
        }

        return default;
    }
}
