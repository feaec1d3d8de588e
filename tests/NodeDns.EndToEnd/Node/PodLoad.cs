using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using NodeDns.TestKit;

namespace NodeDns.EndToEnd.Node;

/// <summary>A pod that asks one question again and again at a steady rate and remembers which of them were answered.</summary>
/// <remarks>Open loop: it asks on, answered or not. Its few sockets keep their ports, the hardest case for conntrack.</remarks>
public sealed class PodLoad : IDisposable
{
    private const int Sockets = 8;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    // What is late comes in a row behind what is there; after this long without any answer none is on its way.
    private static readonly TimeSpan s_silence = TimeSpan.FromMilliseconds(500);

    private readonly List<Flow> _flows = [];
    private readonly Thread _sender;
    private readonly long _began = Stopwatch.GetTimestamp();
    private volatile bool _isStopping;

    public PodLoad(string pod, string server, int ratePerSecond, string name = "load.box.")
    {
        byte[] query = DnsMessage.Query(name).Encode();
        for (int i = 0; i < Sockets; i++)
        {
            Socket socket = NetworkNamespace.Socket(
                pod, AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(new IPEndPoint(IPAddress.Parse(server), 53));
            socket.ReceiveBufferSize = 1 << 20;
            socket.ReceiveTimeout = 100;
            _flows.Add(new Flow(socket, [.. query]));
        }

        _flows.ForEach(flow => flow.Start());
        _sender = new Thread(() => Send(ratePerSecond)) { IsBackground = true };
        _sender.Start();
    }

    /// <summary>Time since the start, on the clock of the records.</summary>
    public TimeSpan Now => Stopwatch.GetElapsedTime(_began);

    public int Sent => _flows.Sum(flow => flow.Sent);

    public int Answered => _flows.Sum(flow => flow.Answered);

    /// <summary>Stops asking, waits for what may still come, and returns when each unanswered question was asked.</summary>
    public IReadOnlyList<TimeSpan> Finish()
    {
        _isStopping = true;
        _sender.Join();
        long end = Stopwatch.GetTimestamp();
        long last = end;
        for (int before = Answered; Answered < Sent && Stopwatch.GetElapsedTime(end) < s_patience && Stopwatch.GetElapsedTime(last) < s_silence;)
        {
            Thread.Sleep(10);
            if (Answered > before)
            {
                (before, last) = (Answered, Stopwatch.GetTimestamp());
            }
        }

        return [.. _flows.SelectMany(flow => flow.Unanswered()).Order()];
    }

    public void Dispose()
    {
        _isStopping = true;
        _sender.Join();
        _flows.ForEach(flow => flow.Dispose());
    }

    private void Send(int rate)
    {
        long due = 0;
        while (!_isStopping)
        {
            long wanted = (long)(Now.TotalSeconds * rate);
            for (; due < wanted && !_isStopping; due++)
            {
                _flows[(int)(due % Sockets)].Ask(Now);
            }

            Thread.Sleep(1);
        }
    }

    private sealed class Flow(Socket socket, byte[] query) : IDisposable
    {
        private const int Most = 60000;
        private readonly TimeSpan[] _asked = new TimeSpan[Most];
        private readonly bool[] _answered = new bool[Most];
        private volatile bool _isDone;
        private int _sent;
        private int _received;

        public int Sent => Volatile.Read(ref _sent);

        public int Answered => Volatile.Read(ref _received);

        public void Start() => new Thread(Receive) { IsBackground = true }.Start();

        public void Ask(TimeSpan now)
        {
            if (_sent == Most)
            {
                throw new InvalidOperationException("more questions than ids");
            }

            query[0] = (byte)(_sent >> 8);
            query[1] = (byte)_sent;
            _asked[_sent] = now;
            Volatile.Write(ref _sent, _sent + 1);
            for (int attempt = 0; attempt < 2; attempt++)
            {
                try
                {
                    socket.Send(query);
                    return;
                }
                catch (SocketException)
                {
                    // The error belongs to an earlier question ("port unreachable"); this one was not sent yet.
                }
            }
        }

        public IEnumerable<TimeSpan> Unanswered() => Enumerable.Range(0, Sent).Where(i => !_answered[i]).Select(i => _asked[i]);

        public void Dispose()
        {
            _isDone = true;
            socket.Dispose();
        }

        private void Receive()
        {
            byte[] buffer = new byte[512];
            while (!_isDone)
            {
                try
                {
                    int length = socket.Receive(buffer);
                    int id = (buffer[0] << 8) | buffer[1];

                    // NOERROR alone is an answer.
                    if (length > 12 && id < Sent && (buffer[3] & 0xF) == 0 && !_answered[id])
                    {
                        _answered[id] = true;
                        Interlocked.Increment(ref _received);
                    }
                }
                catch (SocketException)
                {
                    // Time to look at the flag, or "port unreachable".
                }
                catch (ObjectDisposedException)
                {
                    return;
                }
            }
        }
    }
}
