using System;
using System.Buffers.Binary;

namespace NodeDns.Wire;

/// <summary>Appends our own OPT record (drawn at <see cref="QueryEdns"/>), to queries and to replies alike.</summary>
/// <remarks>Options are written in one fixed order and at most once each; the client's are never echoed.</remarks>
public static class EdnsWriter
{
    private const int InfoCodeLength = 2;
    private const int KeepaliveDataLength = 2;
    private const uint DnssecOkBit = 0x8000;

    /// <summary>How many bytes <see cref="TryAppend"/> will add.</summary>
    public static int Length(ExtendedError error, int extraTextLength, bool keepalive) =>
        WireLimits.EdnsFixedLength + OptionsLength(error, extraTextLength, keepalive);

    /// <summary>
    /// Adds the OPT as the last record and counts it; false, and nothing changed, when it does not fit.
    /// </summary>
    /// <param name="buffer">A message of <paramref name="length"/> bytes and room behind it.</param>
    /// <param name="length">Grows by <see cref="Length"/>.</param>
    /// <param name="udpPayloadSize">Our own size, not the client's.</param>
    /// <param name="dnssecOk">Copied from the query (RFC 3225 §3).</param>
    /// <param name="fullRcode">Its upper eight bits go into the OPT; the header keeps what it has.</param>
    /// <param name="error">None for no extended error.</param>
    /// <param name="extraText">UTF-8 for the error's EXTRA-TEXT, not written without an error.</param>
    /// <param name="keepalive">Whether to promise an idle time (RFC 7828), over TCP only.</param>
    /// <param name="keepaliveTimeout100ms">The idle time in units of 100 ms; 0 asks the client to close.</param>
    public static bool TryAppend(
        Span<byte> buffer, ref int length, ushort udpPayloadSize, bool dnssecOk, ResponseCode fullRcode,
        ExtendedError error, ReadOnlySpan<byte> extraText, bool keepalive, ushort keepaliveTimeout100ms)
    {
        int optionsLength = OptionsLength(error, extraText.Length, keepalive);
        int total = WireLimits.EdnsFixedLength + optionsLength;
        ushort count = MessageHeader.GetAdditionalCount(buffer);
        if (length < WireLimits.HeaderLength || length > buffer.Length || total > buffer.Length - length
            || count == ushort.MaxValue || optionsLength > ushort.MaxValue)
        {
            return false;
        }

        Span<byte> record = buffer.Slice(length, total);
        record[0] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(record[1..], (ushort)RecordType.OPT);
        BinaryPrimitives.WriteUInt16BigEndian(record[3..], udpPayloadSize);
        uint extended = ((uint)fullRcode >> 4 << 24) | (dnssecOk ? DnssecOkBit : 0);
        BinaryPrimitives.WriteUInt32BigEndian(record[5..], extended);
        BinaryPrimitives.WriteUInt16BigEndian(record[9..], (ushort)optionsLength);
        if (optionsLength > 0)
        {
            WriteOptions(record[WireLimits.EdnsFixedLength..], error, extraText, keepalive, keepaliveTimeout100ms);
        }

        MessageHeader.SetAdditionalCount(buffer, (ushort)(count + 1));
        length += total;
        return true;
    }

    private static int OptionsLength(ExtendedError error, int extraTextLength, bool keepalive) =>
        (error == ExtendedError.None ? 0 : WireLimits.EdnsOptionHeaderLength + InfoCodeLength + extraTextLength)
        + (keepalive ? WireLimits.EdnsOptionHeaderLength + KeepaliveDataLength : 0);

    private static void WriteOptions(
        Span<byte> options, ExtendedError error, ReadOnlySpan<byte> extraText, bool keepalive, ushort timeout100ms)
    {
        if (keepalive)
        {
            Span<byte> data = WriteHeader(options, EdnsOptionCode.TcpKeepalive, KeepaliveDataLength);
            BinaryPrimitives.WriteUInt16BigEndian(data, timeout100ms);
            options = data[KeepaliveDataLength..];
        }

        if (error != ExtendedError.None)
        {
            Span<byte> data = WriteHeader(options, EdnsOptionCode.ExtendedError, InfoCodeLength + extraText.Length);
            BinaryPrimitives.WriteUInt16BigEndian(data, (ushort)error);
            extraText.CopyTo(data[InfoCodeLength..]);
        }
    }

    private static Span<byte> WriteHeader(Span<byte> options, EdnsOptionCode code, int length)
    {
        BinaryPrimitives.WriteUInt16BigEndian(options, (ushort)code);
        BinaryPrimitives.WriteUInt16BigEndian(options[2..], (ushort)length);
        return options[WireLimits.EdnsOptionHeaderLength..];
    }
}
