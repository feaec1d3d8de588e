using System;
using System.Buffers.Binary;

namespace NodeDns.Wire;

// RFC 1035 §4.1.1, with AD and CD of RFC 4035:
//
//     0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15
//   +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
//  0|                      ID                       |
//  2|QR|   Opcode  |AA|TC|RD|RA| Z|AD|CD|   RCODE   |
//  4|                    QDCOUNT                    |
//  6|                    ANCOUNT                    |
//  8|                    NSCOUNT                    |
// 10|                    ARCOUNT                    |
//   +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+

/// <summary>Reads and writes the twelve bytes in front of every message.</summary>
/// <remarks>A buffer shorter than the field reads as 0 and is left unwritten, so that no length can throw.</remarks>
public static class MessageHeader
{
    private const int OpcodeShift = 11;
    private const int OpcodeMask = 0xF;
    private const int RcodeMask = 0xF;

    public static ushort GetId(ReadOnlySpan<byte> message) => Get(message, 0);

    public static void SetId(Span<byte> message, ushort id) => Set(message, 0, id);

    /// <summary>The whole second word, opcode and response code included.</summary>
    public static ushort GetFlags(ReadOnlySpan<byte> message) => Get(message, 2);

    public static void SetFlags(Span<byte> message, ushort flags) => Set(message, 2, flags);

    public static OperationCode GetOpcode(ReadOnlySpan<byte> message) =>
        (OperationCode)((GetFlags(message) >> OpcodeShift) & OpcodeMask);

    /// <summary>The lower four bits; the upper eight are in the OPT record.</summary>
    public static ResponseCode GetRcode(ReadOnlySpan<byte> message) => (ResponseCode)(GetFlags(message) & RcodeMask);

    public static void SetRcode(Span<byte> message, ResponseCode rcode) =>
        SetFlags(message, (ushort)((GetFlags(message) & ~RcodeMask) | ((int)rcode & RcodeMask)));

    public static ushort GetQuestionCount(ReadOnlySpan<byte> message) => Get(message, 4);

    public static void SetQuestionCount(Span<byte> message, ushort count) => Set(message, 4, count);

    public static ushort GetAnswerCount(ReadOnlySpan<byte> message) => Get(message, 6);

    public static void SetAnswerCount(Span<byte> message, ushort count) => Set(message, 6, count);

    public static ushort GetAuthorityCount(ReadOnlySpan<byte> message) => Get(message, 8);

    public static void SetAuthorityCount(Span<byte> message, ushort count) => Set(message, 8, count);

    public static ushort GetAdditionalCount(ReadOnlySpan<byte> message) => Get(message, 10);

    public static void SetAdditionalCount(Span<byte> message, ushort count) => Set(message, 10, count);

    private static ushort Get(ReadOnlySpan<byte> message, int offset) =>
        BinaryPrimitives.TryReadUInt16BigEndian(message.Length > offset ? message[offset..] : default, out ushort value)
            ? value
            : (ushort)0;

    private static void Set(Span<byte> message, int offset, ushort value) =>
        BinaryPrimitives.TryWriteUInt16BigEndian(message.Length > offset ? message[offset..] : default, value);
}
