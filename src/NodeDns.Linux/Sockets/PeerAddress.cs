using System;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using NodeDns.Linux.Syscalls;

namespace NodeDns.Linux.Sockets;

/// <summary>An address and port as the kernel writes them: a <c>sockaddr_in</c> or <c>sockaddr_in6</c> in 28 bytes.</summary>
/// <remarks>
/// Holds no references, so it can be stored by the million and handed to the kernel in place. Of an IPv4 address
/// only the first 8 bytes mean anything: the kernel leaves the rest as it was, so comparisons stop there.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = SizeBytes)]
public struct PeerAddress : IEquatable<PeerAddress>
{
    internal const int SizeBytes = 28;
    internal const uint IPv4Length = 16;
    internal const uint IPv6Length = 28;

    private const int IPv4Offset = 4;
    private const int IPv6Offset = 8;

    private ushort _family;
    private ushort _portBigEndian;
    private uint _addressOrFlow;
    private ulong _addressHigh;
    private ulong _addressLow;
    private uint _scope;

    public readonly ushort Port => BinaryPrimitives.ReverseEndianness(_portBigEndian);

    public readonly bool IsIPv6 => _family == Libc.AF_INET6;

    /// <summary>True for an address that was never set.</summary>
    public readonly bool IsDefault => _family == 0;

    /// <summary>True for 0.0.0.0 and ::.</summary>
    public readonly bool IsWildcard => IsIPv6 ? (_addressHigh | _addressLow) == 0 : _addressOrFlow == 0;

    /// <summary>4 or 16.</summary>
    public readonly int AddressLength => IsIPv6 ? 16 : 4;

    /// <summary>The address in network order, 4 or 16 bytes, borrowed from this very variable.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> AddressBytes => IsIPv6
        ? Bytes.Slice(IPv6Offset, 16)
        : Bytes.Slice(IPv4Offset, 4);

    /// <summary>What the kernel wants as the length of this address.</summary>
    internal readonly uint Length => IsIPv6 ? IPv6Length : IPv4Length;

    internal readonly int Family => _family;

    [UnscopedRef]
    private readonly ReadOnlySpan<byte> Bytes =>
        MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in this, 1));

    public static PeerAddress From(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return From(endPoint.Address, (ushort)endPoint.Port);
    }

    public static PeerAddress From(IPAddress address, ushort port)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6)
        {
            // Our IPv6 sockets are IPv6 only, so such an address can only mean the IPv4 one inside it.
            address = address.MapToIPv4();
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        uint scope = address.AddressFamily == AddressFamily.InterNetworkV6 ? (uint)address.ScopeId : 0;
        return FromBytes(bytes[..length], port, scope);
    }

    /// <summary>Makes an address of 4 or 16 bytes in network order.</summary>
    public static PeerAddress FromBytes(ReadOnlySpan<byte> address, ushort port, uint scope = 0)
    {
        PeerAddress peer = default;
        peer._portBigEndian = BinaryPrimitives.ReverseEndianness(port);
        Span<byte> bytes = MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref peer, 1));
        if (address.Length == 16)
        {
            peer._family = Libc.AF_INET6;
            peer._scope = scope;
            address.CopyTo(bytes[IPv6Offset..]);
        }
        else
        {
            peer._family = Libc.AF_INET;
            address[..4].CopyTo(bytes[IPv4Offset..]);
        }

        return peer;
    }

    public readonly PeerAddress WithPort(ushort port)
    {
        PeerAddress copy = this;
        copy._portBigEndian = BinaryPrimitives.ReverseEndianness(port);
        return copy;
    }

    /// <summary>Copies the address bytes in network order; returns 4 or 16.</summary>
    public readonly int CopyAddress(Span<byte> destination)
    {
        AddressBytes.CopyTo(destination);
        return AddressLength;
    }

    public readonly IPAddress ToIPAddress() =>
        IsIPv6 ? new IPAddress(AddressBytes, _scope) : new IPAddress(AddressBytes);

    public readonly IPEndPoint ToEndPoint() => new(ToIPAddress(), Port);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // Compared once per waiter and per upstream answer.
    public readonly bool Equals(PeerAddress other)
    {
        bool sameHead = _family == other._family && _portBigEndian == other._portBigEndian;
        return sameHead && (IsIPv6
            ? _addressHigh == other._addressHigh && _addressLow == other._addressLow && _scope == other._scope
            : _addressOrFlow == other._addressOrFlow);
    }

    public override readonly bool Equals(object? obj) => obj is PeerAddress other && Equals(other);

    public override readonly int GetHashCode() => IsIPv6
        ? HashCode.Combine(_addressHigh, _addressLow, _portBigEndian)
        : HashCode.Combine(_addressOrFlow, _portBigEndian);

    public static bool operator ==(PeerAddress left, PeerAddress right) => left.Equals(right);

    public static bool operator !=(PeerAddress left, PeerAddress right) => !left.Equals(right);

    public override readonly string ToString() => IsDefault ? "(none)" : ToEndPoint().ToString();
}
