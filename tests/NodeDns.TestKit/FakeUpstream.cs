using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace NodeDns.TestKit;

/// <summary>A scriptable resolver on loopback, UDP and TCP on one port.</summary>
/// <remarks>
/// A script is a function from query to reply, set per name and type or per name. Without a script: A gives
/// 192.0.2.1, AAAA gives 2001:db8::1, anything else NODATA with a SOA. Names are compared without case.
/// </remarks>
public sealed class FakeUpstream : IAsyncDisposable
{
    private readonly Socket _udp;
    private readonly Socket _tcp;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<(string, ushort), Func<UpstreamQuery, UpstreamReply>> _scripts = new();
    private readonly ConcurrentDictionary<(string, ushort, ushort), int> _numbers = new();
    private readonly ConcurrentQueue<UpstreamQuery> _queries = new();
    private readonly ConcurrentDictionary<Socket, bool> _connections = new();
    private int _connectionCount;

    public FakeUpstream(IPAddress? address = null, int? port = null)
    {
        (_udp, _tcp) = Bind(address ?? IPAddress.Loopback, port);
        EndPoint = (IPEndPoint)_udp.LocalEndPoint!;
        _udp.ReceiveBufferSize = 4 << 20;
        if (Environment.IsPrivilegedProcess)
        {
            // SO_RCVBUFFORCE: what the line above asks for ends at net.core.rmem_max, a few hundred datagrams.
            _udp.SetRawSocketOption(1, 33, BitConverter.GetBytes(4 << 20));
        }

        _tcp.Listen(512);
        _ = Task.Run(ReceiveLoopAsync);
        _ = Task.Run(AcceptLoopAsync);
    }

    public IPEndPoint EndPoint { get; }

    public int Port => EndPoint.Port;

    /// <summary>All queries that could be read so far, oldest first.</summary>
    public IReadOnlyList<UpstreamQuery> Queries => [.. _queries];

    /// <summary>Packets that could not be read as a query.</summary>
    public int Unreadable { get; private set; }

    /// <summary>False while a test sends more queries than memory should hold.</summary>
    public bool KeepsQueries { get; set; } = true;

    public int TcpConnections => Volatile.Read(ref _connectionCount);

    public int OpenTcpConnections => _connections.Count;

    /// <summary>Used for questions without a script.</summary>
    public Func<UpstreamQuery, UpstreamReply> Otherwise { get; set; } = DefaultAnswer;

    /// <summary>When set, gets every packet before anything else and may answer it (null: go on as usual).</summary>
    public Func<UpstreamQuery, UpstreamReply?>? Override { get; set; }

    public static UpstreamReply DefaultAnswer(UpstreamQuery query) => DefaultAnswerMessage(query);

    public static DnsMessage DefaultAnswerMessage(UpstreamQuery query) => query.Type switch
    {
        RrType.A => query.Address("192.0.2.1"),
        RrType.Aaaa => query.Answer(DnsRecord.Aaaa(query.Name, "2001:db8::1")),
        _ => query.NoData(),
    };

    public FakeUpstream On(string name, ushort type, Func<UpstreamQuery, UpstreamReply> script)
    {
        _scripts[(Fold(name), type)] = script;
        return this;
    }

    /// <summary>A script for all types of a name that have none of their own.</summary>
    public FakeUpstream On(string name, Func<UpstreamQuery, UpstreamReply> script) => On(name, 0, script);

    public IReadOnlyList<UpstreamQuery> QueriesFor(string name) =>
        [.. _queries.Where(q => Fold(q.Name) == Fold(name))];

    public IReadOnlyList<UpstreamQuery> QueriesFor(string name, ushort type) =>
        [.. _queries.Where(q => q.Type == type && Fold(q.Name) == Fold(name))];

    public int Count(string name) => QueriesFor(name).Count;

    public int Count(string name, ushort type) => QueriesFor(name, type).Count;

    /// <summary>Waits until a question was asked that often.</summary>
    public async Task WaitForAsync(string name, ushort type, int count, TimeSpan? timeout = null)
    {
        DateTime deadline = DateTime.UtcNow + (timeout ?? DnsClient.DefaultTimeout);
        while (Count(name, type) < count)
        {
            if (DateTime.UtcNow > deadline)
            {
                throw new TimeoutException($"{name} {type} was asked {Count(name, type)} times, not {count}");
            }

            await Task.Delay(5);
        }
    }

    /// <summary>Closes every TCP connection that is open now.</summary>
    /// <param name="reset">With RST instead of FIN.</param>
    public void CloseConnections(bool reset = false)
    {
        foreach (Socket connection in _connections.Keys)
        {
            if (reset)
            {
                connection.LingerState = new LingerOption(true, 0);
            }

            connection.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _udp.Dispose();
        _tcp.Dispose();
        CloseConnections();
        _stop.Dispose();
    }

    private static (Socket Udp, Socket Tcp) Bind(IPAddress address, int? port)
    {
        for (int attempt = 1; ; attempt++)
        {
            IPEndPoint endPoint = new(address, port ?? FreePort.Next());
            Socket udp = new(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            Socket tcp = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                udp.Bind(endPoint);
                tcp.Bind(endPoint);
                return (udp, tcp);
            }
            catch (SocketException) when (port is null && attempt < 20)
            {
                // A server under test sends its queries from any port, and took this one since it was found to be free.
                udp.Dispose();
                tcp.Dispose();
            }
        }
    }

    private static string Fold(string name) => name.ToLowerInvariant();

    private async Task ReceiveLoopAsync()
    {
        byte[] buffer = new byte[65536];
        EndPoint any = new IPEndPoint(EndPoint.Address, 0);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                SocketReceiveFromResult got = await _udp.ReceiveFromAsync(buffer, any);
                if (Record(buffer[..got.ReceivedBytes], got.RemoteEndPoint, 0) is { } query)
                {
                    _ = AnswerUdpAsync(query);
                }
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // The asker's socket is gone; that is its right.
            }
        }
    }

    private async Task AcceptLoopAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Socket connection = await _tcp.AcceptAsync();
                connection.NoDelay = true;
                _connections[connection] = true;
                _ = ServeAsync(connection, Interlocked.Increment(ref _connectionCount));
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket socket, int number)
    {
        using var connection = new DnsTcpConnection(socket);
        try
        {
            while (await connection.ReceiveAsync(TimeSpan.FromMinutes(10)) is { } bytes)
            {
                if (Record(bytes, socket.RemoteEndPoint!, number) is { } query)
                {
                    _ = AnswerTcpAsync(query, connection);
                }
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException or TimeoutException)
        {
            // Closed by one side or the other.
        }
        finally
        {
            _connections.TryRemove(socket, out _);
        }
    }

    private UpstreamQuery? Record(byte[] bytes, EndPoint source, int connection)
    {
        try
        {
            DnsMessage message = DnsMessage.Decode(bytes);
            DnsQuestion question = message.Question;
            int number = _numbers.AddOrUpdate((Fold(question.Name), question.Type, question.Class), 1, (_, n) => n + 1);
            var query = new UpstreamQuery(message, bytes, source, connection != 0, connection, number);
            if (KeepsQueries)
            {
                _queries.Enqueue(query);
            }

            return query;
        }
        catch (Exception e) when (e is FormatException or ArgumentOutOfRangeException)
        {
            Unreadable++;
            return null;
        }
    }

    private UpstreamReply ReplyTo(UpstreamQuery query)
    {
        if (Override?.Invoke(query) is { } first)
        {
            return first;
        }

        string name = Fold(query.Name);
        return _scripts.TryGetValue((name, query.Type), out Func<UpstreamQuery, UpstreamReply>? script) ||
            _scripts.TryGetValue((name, 0), out script)
            ? script(query)
            : Otherwise(query);
    }

    private async Task AnswerUdpAsync(UpstreamQuery query)
    {
        try
        {
            UpstreamReply reply = ReplyTo(query);
            await reply.Gate.WaitAsync(_stop.Token);
            foreach ((TimeSpan pause, byte[] bytes) in reply.Packets)
            {
                await PauseAsync(pause);
                await _udp.SendToAsync(reply.IsVerbatim ? bytes : Fit(query, bytes), query.Source);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException or OperationCanceledException)
        {
            // The test is over or the asker's socket is closed.
        }
    }

    private async Task AnswerTcpAsync(UpstreamQuery query, DnsTcpConnection connection)
    {
        try
        {
            UpstreamReply reply = ReplyTo(query);
            await reply.Gate.WaitAsync(_stop.Token);
            foreach ((TimeSpan pause, byte[] bytes) in reply.Packets)
            {
                await PauseAsync(pause);
                byte[] framed = DnsTcpConnection.Frame(bytes);
                await connection.SendRawAsync(framed.AsMemory(0, Math.Min(reply.CutAt, framed.Length)));
            }

            if (reply.ClosesConnection)
            {
                connection.Dispose();
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException or OperationCanceledException)
        {
            // The test is over or the asker closed the connection.
        }
    }

    private Task PauseAsync(TimeSpan pause) => pause > TimeSpan.Zero ? Task.Delay(pause, _stop.Token) : Task.CompletedTask;

    /// <summary>What a real server sends when the answer is longer than the asker takes: TC=1 and no records.</summary>
    private static byte[] Fit(UpstreamQuery query, byte[] bytes)
    {
        int limit = Math.Max(512, (int)(query.Message.Edns?.UdpSize ?? 512));
        return bytes.Length <= limit
            ? bytes
            : query.Error(bytes[3] & 15).With(HeaderBits.Truncated).Encode();
    }
}
