using System;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace NodeDns.Load;

/// <summary>All questions of a run, encoded once: known names by number, unique names from a template.</summary>
/// <remarks>
/// A question is one number: n of zero or more is the name nN.ZONE, a negative one is a unique name whose first
/// label is the number's 16 hexadecimal digits. The bytes are made here and not by the server's own wire code, so
/// that a mistake there cannot agree with itself.
/// </remarks>
internal sealed class QuestionSet
{
    private const int HeaderBytes = 12;
    private const int DigitCount = 16;
    private const ushort UdpPayloadSize = 1232;

    private readonly byte[] _known;
    private readonly ushort[] _knownLengths;
    private readonly int _stride;
    private readonly byte[] _unique;
    private readonly int _optBytes;

    public QuestionSet(LoadOptions options)
    {
        _optBytes = options.Edns ? 11 : 0;
        _unique = Encode(new string('0', DigitCount) + "." + options.MissZone, options.Edns);
        _stride = Encode($"n{options.Names - 1}.{options.Zone}", options.Edns).Length;
        _known = new byte[options.Names * _stride];
        _knownLengths = new ushort[options.Names];
        for (int i = 0; i < options.Names; i++)
        {
            byte[] query = Encode(string.Create(CultureInfo.InvariantCulture, $"n{i}.{options.Zone}"), options.Edns);
            query.CopyTo(_known, i * _stride);
            _knownLengths[i] = (ushort)query.Length;
        }
    }

    public int Names => _knownLengths.Length;

    /// <summary>Writes the query for a question; returns its length.</summary>
    public int Write(long question, ushort id, Span<byte> destination)
    {
        ReadOnlySpan<byte> query = Template(question);
        query.CopyTo(destination);
        BinaryPrimitives.WriteUInt16BigEndian(destination, id);
        if (question < 0)
        {
            WriteDigits(question, destination.Slice(HeaderBytes + 1, DigitCount));
        }

        return query.Length;
    }

    /// <summary>True when the answer repeats the question byte for byte.</summary>
    public bool IsEchoed(long question, ReadOnlySpan<byte> answer)
    {
        ReadOnlySpan<byte> query = Template(question);
        int end = query.Length - _optBytes;
        if (answer.Length < end)
        {
            return false;
        }

        ReadOnlySpan<byte> asked = query[HeaderBytes..end];
        ReadOnlySpan<byte> echoed = answer[HeaderBytes..end];
        if (question >= 0)
        {
            return asked.SequenceEqual(echoed);
        }

        Span<byte> digits = stackalloc byte[DigitCount];
        WriteDigits(question, digits);
        return echoed[0] == DigitCount
            && echoed.Slice(1, DigitCount).SequenceEqual(digits)
            && asked[(DigitCount + 1)..].SequenceEqual(echoed[(DigitCount + 1)..]);
    }

    private static void WriteDigits(long number, Span<byte> digits)
    {
        ulong rest = (ulong)number;
        for (int i = DigitCount - 1; i >= 0; i--)
        {
            digits[i] = "0123456789abcdef"u8[(int)(rest & 15)];
            rest >>= 4;
        }
    }

    // Header with RD, one question of type A and class IN, and perhaps an OPT record.
    private static byte[] Encode(string name, bool edns)
    {
        byte[] query = new byte[HeaderBytes + name.Length + 2 + 4 + (edns ? 11 : 0)];
        query[2] = 0x01;
        query[5] = 1;
        int position = HeaderBytes;
        foreach (string label in name.Split('.'))
        {
            if (label.Length is 0 or > 63)
            {
                throw new LoadFailedException($"not a domain name: {name}");
            }

            query[position] = (byte)label.Length;
            position += 1 + Encoding.ASCII.GetBytes(label, query.AsSpan(position + 1));
        }

        query[position + 2] = 1;
        query[position + 4] = 1;
        if (edns)
        {
            query[11] = 1;
            query[position + 7] = 41;
            BinaryPrimitives.WriteUInt16BigEndian(query.AsSpan(position + 8), UdpPayloadSize);
        }

        return query;
    }

    private ReadOnlySpan<byte> Template(long question) =>
        question < 0 ? _unique : _known.AsSpan((int)question * _stride, _knownLengths[(int)question]);
}
