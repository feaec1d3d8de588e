using System;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using NodeDns.Linux.Syscalls;
using NodeDns.Wire;

namespace NodeDns.Hosting;

/// <summary>One probe: a question over UDP, twice when the first is lost, and over TCP when the answer does not fit.</summary>
internal static class ProbeExchange
{
    private const int Tries = 2;
    private const int UdpBytes = 4096;
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(2);

    public static async Task Run(ProbeTarget target, CancellationToken stop)
    {
        long began = Stopwatch.GetTimestamp();
        byte[]? answer = null;
        for (int i = 0; i < Tries && answer is null; i++)
        {
            answer = await Ask(target, SocketType.Dgram, stop).ConfigureAwait(false);
        }

        const ushort Truncated = 0x0200;
        if (answer is not null && (MessageHeader.GetFlags(answer) & Truncated) != 0)
        {
            answer = await Ask(target, SocketType.Stream, stop).ConfigureAwait(false);
        }

        uint? serial = null;
        bool isSuccess = answer is not null && IsSuccess(target, answer, out serial);
        target.Count(isSuccess, Stopwatch.GetElapsedTime(began), serial);
    }

    /// <summary>Null when no answer came in time or the upstream could not be reached.</summary>
    private static async Task<byte[]?> Ask(ProbeTarget target, SocketType kind, CancellationToken stop)
    {
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(stop);
        timeout.CancelAfter(s_timeout);
        bool isStream = kind == SocketType.Stream;
        using Socket socket = new(target.Upstream.AddressFamily, kind, isStream ? ProtocolType.Tcp : ProtocolType.Udp);
        ushort id = (ushort)KernelRandom.NextUInt64();
        byte[] query = QueryOf(target, id, isStream);
        try
        {
            await socket.ConnectAsync(target.Upstream, timeout.Token).ConfigureAwait(false);
            await socket.SendAsync(query, timeout.Token).ConfigureAwait(false);
            return isStream
                ? await ReceiveFrame(socket, timeout.Token).ConfigureAwait(false)
                : await ReceiveDatagram(socket, target, id, timeout.Token).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            return null;
        }
        catch (OperationCanceledException)
        {
            stop.ThrowIfCancellationRequested();
            return null;
        }
    }

    private static byte[] QueryOf(ProbeTarget target, ushort id, bool isStream)
    {
        int prefix = isStream ? 2 : 0;
        byte[] query = new byte[512];
        QueryWriter.TryWrite(
            query.AsSpan(prefix), id, HeaderFlags.RecursionDesired, target.Question, target.Type, RecordClass.IN, edns: true,
            IsSigned(target.Type), Upstreams.UpstreamLimits.UdpPayload, out int length);
        if (isStream)
        {
            BinaryPrimitives.WriteUInt16BigEndian(query, (ushort)length);
        }

        return query[..(prefix + length)];
    }

    private static async Task<byte[]> ReceiveDatagram(Socket socket, ProbeTarget target, ushort id, CancellationToken timeout)
    {
        byte[] buffer = new byte[UdpBytes];
        while (true)
        {
            int length = await socket.ReceiveAsync(buffer, timeout).ConfigureAwait(false);

            // What answers another question may be anybody's: the wait goes on.
            if (length >= WireLimits.HeaderLength && MessageHeader.GetId(buffer) == id
                && ResponseView.TryParse(buffer.AsSpan(0, length), target.Question, target.Type, RecordClass.IN, out _)
                    is ResponseStatus.Ok or ResponseStatus.HeaderOnlyError)
            {
                return buffer[..length];
            }
        }
    }

    private static async Task<byte[]?> ReceiveFrame(Socket socket, CancellationToken timeout)
    {
        byte[] prefix = new byte[2];
        if (!await Fill(socket, prefix, timeout).ConfigureAwait(false))
        {
            return null;
        }

        byte[] message = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];
        return await Fill(socket, message, timeout).ConfigureAwait(false) && message.Length >= WireLimits.HeaderLength
            ? message : null;
    }

    private static async Task<bool> Fill(Socket socket, byte[] bytes, CancellationToken timeout)
    {
        int filled = 0;
        while (filled < bytes.Length)
        {
            int count = await socket.ReceiveAsync(bytes.AsMemory(filled), timeout).ConfigureAwait(false);
            if (count == 0)
            {
                return false;
            }

            filled += count;
        }

        return true;
    }

    /// <summary>Types that only a signed zone has, and that come with their signature.</summary>
    private static bool IsSigned(RecordType type) => type is RecordType.DNSKEY or RecordType.DS;

    /// <summary>NOERROR with a record of the type; for keys also the signature over them.</summary>
    private static bool IsSuccess(ProbeTarget target, ReadOnlySpan<byte> answer, out uint? serial)
    {
        serial = null;
        if (ResponseView.TryParse(answer, target.Question, target.Type, RecordClass.IN, out ResponseView response) != ResponseStatus.Ok
            || response.Rcode != ResponseCode.NoError)
        {
            return false;
        }

        bool hasRecord = false;
        bool hasSignature = false;
        DomainName.TrySkip(answer, WireLimits.HeaderLength, out int end);
        RecordReader reader = new(answer, end + 4);
        while (reader.MoveNext() && reader.Section == MessageSection.Answer)
        {
            ReadOnlySpan<byte> data = answer.Slice(reader.DataOffset, reader.DataLength);
            hasRecord |= reader.Type == target.Type;
            hasSignature |= reader.Type == RecordType.RRSIG && data.Length > 2
                && BinaryPrimitives.ReadUInt16BigEndian(data) == (ushort)target.Type;
            if (reader.Type == RecordType.SOA && target.Type == RecordType.SOA)
            {
                serial = SerialOf(answer, reader.DataOffset, reader.DataOffset + reader.DataLength) ?? serial;
            }
        }

        return hasRecord && (hasSignature || !IsSigned(target.Type));
    }

    /// <summary>RFC 1035 §3.3.13: behind the two names.</summary>
    private static uint? SerialOf(ReadOnlySpan<byte> message, int start, int end) =>
        DomainName.TrySkip(message, start, out int second) && DomainName.TrySkip(message, second, out int serial)
        && serial + 4 <= end
            ? BinaryPrimitives.ReadUInt32BigEndian(message[serial..])
            : null;
}
