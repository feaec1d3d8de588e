using System;
using System.Collections.Generic;

namespace NodeDns.EndToEnd.Attacks;

/// <summary>Damages packets in the ways that readers of DNS have fallen for, from a seed.</summary>
internal sealed class PacketMutator(int seed)
{
    private static readonly byte[] s_lengths = [0, 1, 63, 64, 127, 128, 192, 255];

    public Random Random { get; } = new(seed);

    public byte[] Mutate(byte[] packet)
    {
        var bytes = new List<byte>(packet);
        for (int i = Random.Next(1, 5); i > 0; i--)
        {
            Damage(bytes);
        }

        return bytes.Count <= 60000 ? [.. bytes] : [.. bytes.GetRange(0, 60000)];
    }

    private void Damage(List<byte> bytes)
    {
        if (bytes.Count == 0)
        {
            bytes.Add((byte)Random.Next(256));
            return;
        }

        int at = Random.Next(bytes.Count);
        switch (Random.Next(9))
        {
            case 0:
                bytes[at] ^= (byte)(1 << Random.Next(8));
                break;
            case 1:
                bytes[at] = (byte)Random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 3:
                bytes.Insert(at, (byte)Random.Next(256));
                break;
            case 4:
                bytes.RemoveAt(at);
                break;
            case 5:
                // A section count.
                int count = Math.Min(4 + Random.Next(8), bytes.Count - 1);
                bytes[count] = (byte)(Random.Next(3) == 0 ? 255 : Random.Next(4));
                break;
            case 6:
                // A compression pointer to anywhere.
                bytes[at] = (byte)(0xC0 | Random.Next(4) % 2);
                bytes.Insert(at + 1, (byte)Random.Next(256));
                break;
            case 7:
                bytes.AddRange(bytes.GetRange(at, Math.Min(Random.Next(1, 200), bytes.Count - at)));
                break;
            default:
                // The length of a label, a record or an option.
                bytes[at] = s_lengths[Random.Next(s_lengths.Length)];
                break;
        }
    }
}
