using System;
using System.Buffers.Binary;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace NodeDns.Dnstap;

/// <summary>The control frames of Frame Streams, the side that sends: READY, ACCEPT, START, data, STOP, FINISH.</summary>
/// <remarks>A control frame is an escape of four zero bytes, a length, a kind and fields; here at most the content type.</remarks>
internal static class FrameStreams
{
    private const uint Accept = 1;
    private const uint Start = 2;
    private const uint Stop = 3;
    private const uint Ready = 4;
    private const uint Finish = 5;
    private const uint ContentTypeField = 1;

    private static ReadOnlySpan<byte> ContentType => "protobuf:dnstap.Dnstap"u8;

    /// <summary>Agrees on the content with the collector; throws IOException when it wants something else.</summary>
    public static async Task Open(Stream stream, CancellationToken stop)
    {
        await stream.WriteAsync(Control(Ready, withContentType: true), stop);
        byte[] answer = await ReceiveControl(stream, stop);
        if (BinaryPrimitives.ReadUInt32BigEndian(answer) != Accept || answer.AsSpan().IndexOf(ContentType) < 0)
        {
            throw new IOException("the collector does not take protobuf:dnstap.Dnstap");
        }

        await stream.WriteAsync(Control(Start, withContentType: true), stop);
    }

    /// <summary>Says that nothing more comes, and waits for the collector to have it all.</summary>
    public static async Task Close(Stream stream, CancellationToken stop)
    {
        await stream.WriteAsync(Control(Stop, withContentType: false), stop);
        byte[] answer = await ReceiveControl(stream, stop);
        if (BinaryPrimitives.ReadUInt32BigEndian(answer) != Finish)
        {
            throw new IOException("the collector did not say FINISH");
        }
    }

    private static byte[] Control(uint kind, bool withContentType)
    {
        int field = withContentType ? 8 + ContentType.Length : 0;
        byte[] frame = new byte[12 + field];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), 4 + field);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(8), kind);
        if (withContentType)
        {
            BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(12), ContentTypeField);
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(16), ContentType.Length);
            ContentType.CopyTo(frame.AsSpan(20));
        }

        return frame;
    }

    /// <summary>Kind and fields of the next control frame.</summary>
    private static async Task<byte[]> ReceiveControl(Stream stream, CancellationToken stop)
    {
        byte[] head = await Receive(stream, 8, stop);
        int length = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(4));
        if (BinaryPrimitives.ReadInt32BigEndian(head) != 0 || length is < 4 or > DnstapLimits.ControlFrameBytes)
        {
            throw new IOException("the collector does not speak Frame Streams");
        }

        return await Receive(stream, length, stop);
    }

    private static async Task<byte[]> Receive(Stream stream, int count, CancellationToken stop)
    {
        byte[] buffer = new byte[count];
        if (await stream.ReadAtLeastAsync(buffer, count, throwOnEndOfStream: false, stop) < count)
        {
            throw new IOException("the collector closed the connection");
        }

        return buffer;
    }
}
