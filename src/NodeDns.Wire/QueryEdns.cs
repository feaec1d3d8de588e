using System;

namespace NodeDns.Wire;

// RFC 6891 §6.1.2, §6.1.3: an OPT record reuses a record's fields.
//
//   +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
//   |          0            |  NAME: the root
//   |                   TYPE = 41                   |
//   |       CLASS: sender's UDP payload size        |
//   |    EXTENDED-RCODE     |        VERSION        |  TTL, upper half
//   |DO|                    Z                       |  TTL, lower half
//   |                   RDLENGTH                    |
//   /                   options                     /
//   +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+

/// <summary>What a query's records say: its OPT, as numbers and offsets into the message.</summary>
internal struct QueryEdns
{
    /// <summary>DO in the lower half of the OPT's TTL (RFC 3225 §3); all other flags are ignored.</summary>
    private const ushort DnssecOkBit = 0x8000;
    private const int MinServerCookieLength = 8;
    private const int MaxServerCookieLength = 32;

    private bool _isTransactionSigned;

    public static QueryEdns Absent => new() { UdpPayloadSize = WireLimits.MinUdpPayload, KeepaliveLength = -1 };

    public bool IsPresent;
    public bool DnssecOk;
    public bool HasClientSubnet;
    public byte Version;
    public ushort UdpPayloadSize;
    public int OptionsOffset;
    public int OptionsLength;
    public int CookieOffset;
    public int KeepaliveLength;

    /// <summary>Reads the records of a query, of which there is at least one.</summary>
    public static ParseStatus TryRead(ReadOnlySpan<byte> message, int offset, out QueryEdns edns)
    {
        edns = Absent;
        bool hasBrokenEdns = false;
        RecordReader reader = new(message, offset);
        while (reader.MoveNext())
        {
            // RFC 8945 §5.1: nothing may follow a TSIG.
            if (edns._isTransactionSigned)
            {
                return ParseStatus.FormatError;
            }

            if (reader.Type == RecordType.OPT)
            {
                hasBrokenEdns |= !edns.TryTake(message, reader);
            }
            else if (reader.Type == RecordType.TSIG)
            {
                if (reader.Section != MessageSection.Additional)
                {
                    return ParseStatus.FormatError;
                }

                edns._isTransactionSigned = true;
            }
        }

        if (reader.IsMalformed)
        {
            return ParseStatus.FormatError;
        }

        if (hasBrokenEdns)
        {
            return ParseStatus.FormatErrorWithEdns;
        }

        if (!edns.IsPresent)
        {
            return ParseStatus.Ok;
        }

        // A later version may give its options another form, so they are not judged (RFC 6891 §6.1.3).
        if (edns.Version != 0)
        {
            return ParseStatus.BadVersion;
        }

        return edns.TryReadOptions(message) ? ParseStatus.Ok : ParseStatus.FormatErrorWithEdns;
    }

    /// <summary>
    /// Takes an OPT record; false for one too many, one in the wrong section or one with an owner name.
    /// </summary>
    private bool TryTake(ReadOnlySpan<byte> message, in RecordReader reader)
    {
        if (IsPresent || reader.Section != MessageSection.Additional || message[reader.NameOffset] != 0)
        {
            return false;
        }

        IsPresent = true;
        UdpPayloadSize = Math.Max((ushort)reader.Class, (ushort)WireLimits.MinUdpPayload);
        Version = (byte)(reader.RawTtl >> 16);
        DnssecOk = (reader.RawTtl & DnssecOkBit) != 0;
        OptionsOffset = reader.DataOffset;
        OptionsLength = reader.DataLength;
        return true;
    }

    private bool TryReadOptions(ReadOnlySpan<byte> message)
    {
        EdnsOptionReader options = new(message.Slice(OptionsOffset, OptionsLength));
        int position = OptionsOffset;
        while (options.MoveNext())
        {
            position += WireLimits.EdnsOptionHeaderLength;
            switch (options.Code)
            {
                case EdnsOptionCode.ClientSubnet:
                    HasClientSubnet = true;
                    break;
                case EdnsOptionCode.TcpKeepalive:
                    KeepaliveLength = Math.Max(KeepaliveLength, options.Data.Length);
                    break;
                case EdnsOptionCode.Cookie:
                    if (!IsCookieLength(options.Data.Length))
                    {
                        return false;
                    }

                    // Only the first counts, however many there are (CVE-2026-42944).
                    CookieOffset = CookieOffset == 0 ? position : CookieOffset;
                    break;
            }

            position += options.Data.Length;
        }

        return !options.IsMalformed;
    }

    /// <summary>RFC 7873 §5.2.2: the client's 8 bytes alone, or with 8 to 32 of a server.</summary>
    private static bool IsCookieLength(int length) => length == WireLimits.ClientCookieLength
        || length is >= WireLimits.ClientCookieLength + MinServerCookieLength
            and <= WireLimits.ClientCookieLength + MaxServerCookieLength;
}
