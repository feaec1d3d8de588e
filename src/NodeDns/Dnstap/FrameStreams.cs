using System;
using System.Buffers.Binary;
using System.IO;
using System.Net.Sockets;
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

    /// <summary>Agrees on the content with the collector; throws InvalidDataException when it wants something else.</summary>
    public static async Task Open(Socket socket, CancellationToken stop)
    {
        await Send(socket, Control(Ready, withContentType: true), stop);
        byte[] answer = await ReceiveControl(socket, stop);
        if (BinaryPrimitives.ReadUInt32BigEndian(answer) != Accept || answer.AsSpan().IndexOf(ContentType) < 0)
        {
            throw new InvalidDataException("the collector does not take protobuf:dnstap.Dnstap");
        }

        await Send(socket, Control(Start, withContentType: true), stop);
    }

    /// <summary>Says that nothing more comes, and waits for the collector to have it all.</summary>
    public static async Task Close(Socket socket, CancellationToken stop)
    {
        await Send(socket, Control(Stop, withContentType: false), stop);
        byte[] answer = await ReceiveControl(socket, stop);
        if (BinaryPrimitives.ReadUInt32BigEndian(answer) != Finish)
        {
            throw new InvalidDataException("the collector did not say FINISH");
        }
    }

    public static async Task Send(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        while (bytes.Length > 0)
        {
            int sent = await socket.SendAsync(bytes, stop);
            bytes = bytes[sent..];
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
    private static async Task<byte[]> ReceiveControl(Socket socket, CancellationToken stop)
    {
        byte[] head = await Receive(socket, 8, stop);
        int length = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(4));
        if (BinaryPrimitives.ReadInt32BigEndian(head) != 0 || length is < 4 or > DnstapLimits.ControlFrameBytes)
        {
            throw new InvalidDataException("the collector does not speak Frame Streams");
        }

        return await Receive(socket, length, stop);
    }

    private static async Task<byte[]> Receive(Socket socket, int count, CancellationToken stop)
    {
        byte[] buffer = new byte[count];
        for (int received = 0; received < count;)
        {
            int more = await socket.ReceiveAsync(buffer.AsMemory(received), stop);
            if (more == 0)
            {
                throw new InvalidDataException("the collector closed the connection");
            }

            received += more;
        }

        return buffer;
    }
}
