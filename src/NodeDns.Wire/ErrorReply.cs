using System;

namespace NodeDns.Wire;

/// <summary>
/// The shortest reply there is: a header that says what was wrong, for messages whose question is not trusted.
/// </summary>
public static class ErrorReply
{
    private const ushort OpcodeBits = 0x7800;
    private const ushort ResponseAvailable = (ushort)(HeaderFlags.Response | HeaderFlags.RecursionAvailable);

    /// <summary>
    /// Writes twelve bytes and returns 12, or 0 when either side is shorter. Id and opcode come back as they were sent;
    /// RD comes back, with RA set, for queries only: other opcodes get all flags clear (RFC 8906 §8.1.4).
    /// </summary>
    public static int Write(Span<byte> reply, ReadOnlySpan<byte> request, ResponseCode rcode)
    {
        if (request.Length < WireLimits.HeaderLength || reply.Length < WireLimits.HeaderLength)
        {
            return 0;
        }

        // Both are read before anything is written: the reply may be made over the message it answers.
        ushort id = MessageHeader.GetId(request);
        ushort sent = MessageHeader.GetFlags(request);
        ushort opcode = (ushort)(sent & OpcodeBits);
        ushort flags = opcode == 0
            ? (ushort)(ResponseAvailable | (sent & (ushort)HeaderFlags.RecursionDesired))
            : (ushort)((ushort)HeaderFlags.Response | opcode);

        reply[..WireLimits.HeaderLength].Clear();
        MessageHeader.SetId(reply, id);
        MessageHeader.SetFlags(reply, flags);
        MessageHeader.SetRcode(reply, rcode);
        return WireLimits.HeaderLength;
    }
}
