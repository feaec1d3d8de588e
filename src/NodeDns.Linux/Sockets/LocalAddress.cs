using System;
using System.Net;
using System.Runtime.InteropServices;
using NodeDns.Linux.Syscalls;

namespace NodeDns.Linux.Sockets;

/// <summary>The address of ours that a datagram came to, and that its answer must come from.</summary>
/// <remarks>The default value means "not asked for": the socket is bound to one address and the kernel knows it.</remarks>
public readonly struct LocalAddress : IEquatable<LocalAddress>
{
    private readonly ulong _high;
    private readonly ulong _low;
    private readonly ushort _family;

    private LocalAddress(ReadOnlySpan<byte> address, uint interfaceIndex)
    {
        bool isIPv6 = address.Length == 16;
        _family = isIPv6 ? (ushort)Libc.AF_INET6 : (ushort)Libc.AF_INET;
        _high = isIPv6 ? MemoryMarshal.Read<ulong>(address) : MemoryMarshal.Read<uint>(address);
        _low = isIPv6 ? MemoryMarshal.Read<ulong>(address[8..]) : 0;
        InterfaceIndex = interfaceIndex;
    }

    public bool IsDefault => _family == 0;

    public bool IsIPv6 => _family == Libc.AF_INET6;

    /// <summary>The link a link-local IPv6 address belongs to; 0 for every other address.</summary>
    internal uint InterfaceIndex { get; }

    /// <summary>The IPv4 address in network order.</summary>
    internal uint IPv4Word => (uint)_high;

    public static LocalAddress From(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        return FromBytes(bytes[..length]);
    }

    /// <summary>Makes an address of 4 or 16 bytes in network order.</summary>
    public static LocalAddress FromBytes(ReadOnlySpan<byte> address) => FromBytes(address, 0);

    /// <summary>Copies the address bytes in network order; returns 4 or 16, or 0 for the default value.</summary>
    public int CopyAddress(Span<byte> destination)
    {
        if (IsIPv6)
        {
            MemoryMarshal.Write(destination, _high);
            MemoryMarshal.Write(destination[8..], _low);
            return 16;
        }

        if (IsDefault)
        {
            return 0;
        }

        MemoryMarshal.Write(destination, (uint)_high);
        return 4;
    }

    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        return IsDefault ? IPAddress.None : new IPAddress(bytes[..CopyAddress(bytes)]);
    }

    public bool Equals(LocalAddress other) =>
        _high == other._high && _low == other._low && _family == other._family && InterfaceIndex == other.InterfaceIndex;

    public override bool Equals(object? obj) => obj is LocalAddress other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_high, _low, _family);

    public static bool operator ==(LocalAddress left, LocalAddress right) => left.Equals(right);

    public static bool operator !=(LocalAddress left, LocalAddress right) => !left.Equals(right);

    public override string ToString() => IsDefault ? "(none)" : ToIPAddress().ToString();

    internal static LocalAddress FromBytes(ReadOnlySpan<byte> address, uint interfaceIndex)
    {
        // An answer may leave by another link than the question came by, unless the address only exists on one.
        bool isLinkLocal = address.Length == 16 && address[0] == 0xFE && (address[1] & 0xC0) == 0x80;
        return new LocalAddress(address, isLinkLocal ? interfaceIndex : 0);
    }
}
