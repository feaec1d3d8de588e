using System;
using System.Collections.Generic;

namespace NodeDns.Wire.Tests.Fuzz;

/// <summary>Damages packets, and with preference where it hurts: counts, lengths, pointers, types.</summary>
internal sealed class PacketMutator(Random random, IReadOnlyList<byte[]> packets)
{
    private const int MaxMutations = 6;

    private static readonly byte[] s_poison =
        [0x00, 0x01, 0x0B, 0x0C, 0x3F, 0x40, 0x7F, 0x80, 0xBF, 0xC0, 0xFF, 0x29, 0x05, 0x06, 0x2E, 0xFA];

    public byte[] Next()
    {
        List<byte> bytes = [.. packets[random.Next(packets.Count)]];
        for (int i = random.Next(MaxMutations + 1); i > 0; i--)
        {
            Mutate(bytes);
        }

        return [.. bytes];
    }

    private void Mutate(List<byte> bytes)
    {
        int at = random.Next(bytes.Count + 1);
        int rest = bytes.Count - at;
        switch (random.Next(9))
        {
            case 0 when rest > 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when rest > 0:
                bytes[at] = s_poison[random.Next(s_poison.Length)];
                break;
            case 2 when rest > 1:
                int target = random.Next(bytes.Count);
                bytes[at] = (byte)(0xC0 | (target >> 8));
                bytes[at + 1] = (byte)target;
                break;
            case 3:
                bytes.RemoveRange(at, Math.Min(rest, random.Next(1, 16)));
                break;
            case 4:
                bytes.Insert(at, s_poison[random.Next(s_poison.Length)]);
                break;
            case 5 when bytes.Count >= WireLimits.HeaderLength:
                bytes[random.Next(4, WireLimits.HeaderLength)] = (byte)random.Next(4);
                break;
            case 6 when rest > 0:
                bytes.InsertRange(at, bytes.GetRange(at, Math.Min(rest, random.Next(1, 64))));
                break;
            case 7:
                byte[] other = packets[random.Next(packets.Count)];
                bytes.RemoveRange(at, rest);
                bytes.AddRange(other.AsSpan(Math.Min(at, other.Length)));
                break;
            case 8 when bytes.Count > 3:
                bytes[random.Next(2, 4)] = (byte)random.Next(256);
                break;
        }
    }
}
