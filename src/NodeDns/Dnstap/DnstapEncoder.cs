using System;
using System.Buffers.Binary;
using NodeDns.Linux.Sockets;

namespace NodeDns.Dnstap;

// dnstap.proto in the protobuf wire format: each field is a tag, (number << 3 | kind), and its value. Kind 0 is a varint,
// 2 a length and bytes, 5 four bytes little-endian.
//
//   Dnstap   identity 1, version 2, extra 3 (bytes); message 14 (Message); type 15 (always 1, MESSAGE)
//   Message  type 1, socket_family 2, socket_protocol 3; query_address 4, response_address 5; query_port 6,
//            response_port 7; query_time_sec 8, query_time_nsec 9 (fixed32), query_message 10;
//            response_time_sec 12, response_time_nsec 13 (fixed32), response_message 14

/// <summary>Writes one message as a Frame Streams data frame that holds a <c>Dnstap</c> of dnstap.proto.</summary>
internal static class DnstapEncoder
{
    private const int LengthPrefix = 4;
    private const int Varint = 0;
    private const int Bytes = 2;
    private const int Fixed32 = 5;

    /// <summary>Longest tag and length of the inner message.</summary>
    private const int InnerHead = 6;

    /// <summary>Identity, version and extra, which are the same in all frames of an output.</summary>
    public static byte[] Head(string identity, string version, string extra)
    {
        byte[] head = new byte[(3 * 6) + System.Text.Encoding.UTF8.GetMaxByteCount(identity.Length + version.Length + extra.Length)];
        int at = 0;
        foreach ((int field, string text) in new[] { (1, identity), (2, version), (3, extra) })
        {
            if (text.Length > 0)
            {
                PutBytes(head, ref at, field, System.Text.Encoding.UTF8.GetBytes(text));
            }
        }

        PutNumber(head, ref at, 15, 1);
        return head[..at];
    }

    /// <summary>Room that a frame needs at most.</summary>
    public static int Room(ReadOnlySpan<byte> head, in DnstapMessage message, bool isFull) =>
        DnstapLimits.FieldBytes + head.Length + (isFull ? message.Query.Length + message.Response.Length : 0);

    /// <summary>Writes the frame, its length first; returns how long it became.</summary>
    public static int Write(Span<byte> frame, ReadOnlySpan<byte> head, in DnstapMessage message, bool isFull)
    {
        head.CopyTo(frame[LengthPrefix..]);
        int at = LengthPrefix + head.Length;
        int inner = at + InnerHead;
        int end = inner;
        PutMessage(frame, ref end, message, isFull);
        int length = end - inner;
        PutTag(frame, ref at, 14, Bytes);
        PutVarint(frame, ref at, (ulong)length);
        frame[inner..end].CopyTo(frame[at..]);
        at += length;
        BinaryPrimitives.WriteInt32BigEndian(frame, at - LengthPrefix);
        return at;
    }

    private static void PutMessage(Span<byte> frame, ref int at, in DnstapMessage message, bool isFull)
    {
        bool isIPv6 = message.Client.IsDefault ? message.Server.IsIPv6 : message.Client.IsIPv6;
        PutNumber(frame, ref at, 1, (ulong)message.Type);
        PutNumber(frame, ref at, 2, isIPv6 ? 2u : 1u);
        PutNumber(frame, ref at, 3, (ulong)message.Protocol);
        PutAddress(frame, ref at, message.Client, addressField: 4, portField: 6);
        PutAddress(frame, ref at, message.Server, addressField: 5, portField: 7);
        if (message.Server.IsDefault && !message.LocalServer.IsDefault)
        {
            Span<byte> address = stackalloc byte[16];
            PutBytes(frame, ref at, 5, address[..message.LocalServer.CopyAddress(address)]);
        }

        PutTime(frame, ref at, 8, message.QueryTime);
        PutTime(frame, ref at, 12, message.ResponseTime);
        if (isFull && !message.Query.IsEmpty)
        {
            PutBytes(frame, ref at, 10, message.Query);
        }

        if (isFull && !message.Response.IsEmpty)
        {
            PutBytes(frame, ref at, 14, message.Response);
        }
    }

    private static void PutAddress(Span<byte> frame, ref int at, in PeerAddress address, int addressField, int portField)
    {
        if (!address.IsDefault)
        {
            PutBytes(frame, ref at, addressField, address.AddressBytes);
            PutNumber(frame, ref at, portField, address.Port);
        }
    }

    private static void PutTime(Span<byte> frame, ref int at, int field, long nanoseconds)
    {
        if (nanoseconds != 0)
        {
            PutNumber(frame, ref at, field, (ulong)(nanoseconds / 1_000_000_000));
            PutTag(frame, ref at, field + 1, Fixed32);
            BinaryPrimitives.WriteUInt32LittleEndian(frame[at..], (uint)(nanoseconds % 1_000_000_000));
            at += 4;
        }
    }

    private static void PutNumber(Span<byte> frame, ref int at, int field, ulong value)
    {
        PutTag(frame, ref at, field, Varint);
        PutVarint(frame, ref at, value);
    }

    private static void PutBytes(Span<byte> frame, ref int at, int field, ReadOnlySpan<byte> value)
    {
        PutTag(frame, ref at, field, Bytes);
        PutVarint(frame, ref at, (ulong)value.Length);
        value.CopyTo(frame[at..]);
        at += value.Length;
    }

    private static void PutTag(Span<byte> frame, ref int at, int field, int kind) => frame[at++] = (byte)(field << 3 | kind);

    private static void PutVarint(Span<byte> frame, ref int at, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            frame[at++] = (byte)(value | 0x80);
        }

        frame[at++] = (byte)value;
    }
}
