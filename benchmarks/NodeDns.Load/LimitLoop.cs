using System;
using NodeDns.Linux.Sockets;
using NodeDns.Linux.Syscalls;

namespace NodeDns.Load;

/// <summary>The limit program (benchmarks/limit) written on the project's own batches: shows what C# itself costs.</summary>
internal static class LimitLoop
{
    private const int Batch = 64;
    private const int SlotBytes = 576;
    private const int HeaderBytes = 12;
    private const int BufferBytes = 4 << 20;

    // The name as a pointer to the question, type A, class IN, TTL 300, 192.0.2.1.
    private static ReadOnlySpan<byte> Record => [0xC0, 0x0C, 0, 1, 0, 1, 0, 0, 1, 0x2C, 0, 4, 192, 0, 2, 1];

    public static int Run(in PeerAddress local)
    {
        SyscallResult opened = UdpSocket.TryListen(in local, BufferBytes, out UdpSocket? socket);
        if (opened.IsError)
        {
            Console.Error.WriteLine($"nodedns-load: cannot listen on {local}: {Errno.Message(opened.Error)}");
            return 1;
        }

        using ReceiveBatch received = new(Batch, SlotBytes, socket!.NeedsPacketInfo);
        using SendBatch toSend = new(Batch, SlotBytes);
        using Epoll epoll = new();
        EpollEvent[] events = new EpollEvent[1];
        epoll.Add(socket.Descriptor, EpollEvents.In, 0);
        while (true)
        {
            if (received.Receive(socket).IsError)
            {
                epoll.Wait(events, -1);
                continue;
            }

            for (int i = 0; i < received.Count; i++)
            {
                int length = Answer(received.Datagram(i), toSend.Reserve());
                if (length > 0)
                {
                    toSend.Commit(length, in received.Source(i), received.Destination(i));
                }
            }

            toSend.Flush(socket, out _, out _);
        }
    }

    private static int Answer(ReadOnlySpan<byte> query, Span<byte> answer)
    {
        if (query.Length < HeaderBytes + 5 || (query[2] & 0x80) != 0 || query[4] != 0 || query[5] != 1)
        {
            return 0;
        }

        int end = HeaderBytes;
        while (end < query.Length && query[end] is not 0 and < 64)
        {
            end += query[end] + 1;
        }

        end += 5;
        if (end > query.Length || end + Record.Length > answer.Length)
        {
            return 0;
        }

        query[..end].CopyTo(answer);
        answer[2] |= 0x80;
        answer[3] = 0x80;
        answer[6] = 0;
        answer[7] = 1;
        answer.Slice(8, 4).Clear();
        Record.CopyTo(answer[end..]);
        return end + Record.Length;
    }
}
