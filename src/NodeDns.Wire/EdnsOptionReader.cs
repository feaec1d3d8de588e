using System;
using System.Buffers.Binary;

namespace NodeDns.Wire;

// RFC 6891 §6.1.2, the data of an OPT record, any number of times:
//
//   +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
//   |                 OPTION-CODE                   |
//   |                 OPTION-LENGTH                 |
//   /                 OPTION-DATA                   /
//   +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+

/// <summary>Walks the options of an OPT record; each step moves at least four bytes, so the walk is linear.</summary>
public ref struct EdnsOptionReader
{
    private ReadOnlySpan<byte> _rest;

    public EdnsOptionReader(ReadOnlySpan<byte> options)
    {
        _rest = options;
        Code = default;
        Data = default;
        IsMalformed = false;
    }

    public EdnsOptionCode Code { get; private set; }

    public ReadOnlySpan<byte> Data { get; private set; }

    /// <summary>True when an option runs past the record's data.</summary>
    public bool IsMalformed { get; private set; }

    public bool MoveNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        if (_rest.Length < WireLimits.EdnsOptionHeaderLength)
        {
            IsMalformed = true;
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]);
        if (length > _rest.Length - WireLimits.EdnsOptionHeaderLength)
        {
            IsMalformed = true;
            return false;
        }

        Code = (EdnsOptionCode)BinaryPrimitives.ReadUInt16BigEndian(_rest);
        Data = _rest.Slice(WireLimits.EdnsOptionHeaderLength, length);
        _rest = _rest[(WireLimits.EdnsOptionHeaderLength + length)..];
        return true;
    }
}
