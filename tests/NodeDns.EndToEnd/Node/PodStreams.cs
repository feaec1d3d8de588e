using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using NodeDns.TestKit;

namespace NodeDns.EndToEnd.Node;

/// <summary>A pod that asks over TCP, a new connection for each question, and remembers which of them were answered.</summary>
/// <remarks>Each asker has its next question ready when the last was answered, up to the rate it may have.</remarks>
public sealed class PodStreams : IDisposable
{
    private const int Askers = 4;
    private const int PatienceMilliseconds = 5000;

    private readonly Thread[] _threads;
    private readonly List<string> _lost = [];
    private readonly long _began = Stopwatch.GetTimestamp();
    private volatile bool _isStopping;
    private int _asked;

    public PodStreams(string pod, string server, int ratePerSecond, string name = "who.box.")
    {
        byte[] query = DnsTcpConnection.Frame(DnsMessage.Query(name).Encode());
        IPEndPoint endPoint = new(IPAddress.Parse(server), 53);
        TimeSpan pause = TimeSpan.FromSeconds((double)Askers / ratePerSecond);
        _threads = [.. Enumerable.Range(0, Askers).Select(_ => new Thread(
            () => NetworkNamespace.Run<object?>(pod, () => Run(endPoint, query, pause))) { IsBackground = true })];
        Array.ForEach(_threads, thread => thread.Start());
    }

    public int Asked => Volatile.Read(ref _asked);

    public TimeSpan Now => Stopwatch.GetElapsedTime(_began);

    /// <summary>Stops asking and returns a line for each question that got no answer: when it was asked, and what happened.</summary>
    public IReadOnlyList<string> Finish()
    {
        _isStopping = true;
        Array.ForEach(_threads, thread => thread.Join());
        return _lost;
    }

    public void Dispose() => Finish();

    private object? Run(IPEndPoint server, byte[] query, TimeSpan pause)
    {
        while (!_isStopping)
        {
            TimeSpan asked = Now;
            string? wrong = Ask(server, query);
            Interlocked.Increment(ref _asked);
            if (wrong is not null)
            {
                lock (_lost)
                {
                    _lost.Add($"{asked.TotalMilliseconds:0.0} ms: {wrong}");
                }
            }

            TimeSpan left = asked + pause - Now;
            if (left > TimeSpan.Zero)
            {
                Thread.Sleep(left);
            }
        }

        return null;
    }

    private static string? Ask(IPEndPoint server, byte[] query)
    {
        try
        {
            using Socket socket = new(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            {
                NoDelay = true,
                ReceiveTimeout = PatienceMilliseconds,
                SendTimeout = PatienceMilliseconds,
            };
            socket.Connect(server);
            socket.Send(query);
            byte[] reply = new byte[1024];
            int received = 0;
            while (received < 2 || received < 2 + ((reply[0] << 8) | reply[1]))
            {
                int count = socket.Receive(reply, received, reply.Length - received, SocketFlags.None);
                if (count == 0)
                {
                    return "closed without an answer";
                }

                received += count;
            }

            return (reply[5] & 0xF) == 0 ? null : $"answered with code {reply[5] & 0xF}";
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode.ToString();
        }
    }
}
