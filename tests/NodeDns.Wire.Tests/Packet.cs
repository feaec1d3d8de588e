using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace NodeDns.Wire.Tests;

/// <summary>Packets as they are drawn in a test: hex, 'text', and a remark behind a semicolon.</summary>
internal static class Packet
{
    /// <summary>Reads a drawing such as <c>03 'www' 00 ; a name</c>; spaces and line ends mean nothing.</summary>
    public static byte[] Of(string drawing)
    {
        List<byte> bytes = [];
        StringBuilder hex = new();
        foreach (string line in drawing.Split('\n'))
        {
            string drawn = line.Split(';')[0];
            string[] parts = drawn.Split('\'');
            for (int i = 0; i < parts.Length; i++)
            {
                if (i % 2 == 1)
                {
                    bytes.AddRange(Encoding.ASCII.GetBytes(parts[i]));
                    continue;
                }

                hex.Clear().Append(parts[i]).Replace(" ", string.Empty).Replace("\r", string.Empty);
                bytes.AddRange(Convert.FromHexString(hex.ToString()));
            }
        }

        return [.. bytes];
    }

    /// <summary>A name in wire form.</summary>
    public static byte[] Name(string text)
    {
        byte[] name = new byte[WireLimits.MaxNameLength];
        return DomainName.TryParse(text, name, out int length)
            ? name[..length]
            : throw new ArgumentException($"{text} is no name", nameof(text));
    }

    /// <summary>Names joined by pointers and whatever else follows.</summary>
    public static byte[] Join(params byte[][] parts)
    {
        List<byte> bytes = [];
        foreach (byte[] part in parts)
        {
            bytes.AddRange(part);
        }

        return [.. bytes];
    }

    /// <summary>A query for an A record, RD set.</summary>
    public static byte[] Query(string name, RecordType type = RecordType.A, bool edns = false, bool dnssecOk = false)
    {
        byte[] buffer = new byte[WireLimits.MinUdpPayload];
        return QueryWriter.TryWrite(
            buffer, 0x1234, HeaderFlags.RecursionDesired, Name(name), type, RecordClass.IN, edns, dnssecOk,
            WireLimits.DefaultUdpPayload, out int length)
            ? buffer[..length]
            : throw new ArgumentException($"{name} does not fit", nameof(name));
    }

    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes).ToLower(CultureInfo.InvariantCulture);
}
