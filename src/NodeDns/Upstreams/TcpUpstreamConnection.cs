using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using NodeDns.Timing;
using NodeDns.Wire;

namespace NodeDns.Upstreams;

/// <summary>One pipelined connection to an upstream: many queries in flight, answers in any order, matched by id.</summary>
/// <remarks>
/// Two loops, <see cref="WriteLoop"/> and <see cref="ReadLoop"/>, and one wrapper, <see cref="Run"/>, in which every
/// error ends. Whatever ends the connection, each query it still owes is reported to its worker exactly once.
/// </remarks>
internal sealed class TcpUpstreamConnection(UpstreamState upstream, TcpUpstream owner, Clock clock) : IDisposable
{
    private readonly Channel<TcpQuery> _queue = Channel.CreateUnbounded<TcpQuery>(new() { SingleReader = true });
    private readonly Dictionary<ushort, TcpQuery> _waiting = [];
    private readonly Lock _gate = new();
    private readonly RandomPool _random = new();
    private readonly Socket _socket = new(
        upstream.Address.IsIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork,
        SocketType.Stream, ProtocolType.Tcp)
    {
        NoDelay = true,
    };

    private int _outstanding;
    private long _heardAt = clock.NowMilliseconds;
    private long _usedAt = clock.NowMilliseconds;
    private volatile bool _hasAnswered;
    private volatile bool _isClosed;

    public int Outstanding => Volatile.Read(ref _outstanding);

    public bool IsClosed => _isClosed;

    public bool IsIdle(long now) =>
        Outstanding == 0 && now - Volatile.Read(ref _usedAt) > UpstreamLimits.TcpIdleMilliseconds;

    public bool IsSilent(long now) =>
        Outstanding > 0 && now - Volatile.Read(ref _heardAt) > UpstreamLimits.TcpSilenceMilliseconds;

    public void Start() => _ = Run();

    public void Submit(in TcpQuery query)
    {
        long now = clock.NowMilliseconds;
        Volatile.Write(ref _usedAt, now);
        if (Interlocked.Increment(ref _outstanding) == 1)
        {
            // Silence is counted from the moment an answer is owed.
            Volatile.Write(ref _heardAt, now);
        }

        if (!_queue.Writer.TryWrite(query))
        {
            ArrayPool<byte>.Shared.Return(query.Message);
            ReportLost(query);
        }
    }

    /// <summary>Closes the connection; its loops end and report what is still owed.</summary>
    public void Dispose()
    {
        _isClosed = true;
        _queue.Writer.TryComplete();
        _socket.Dispose();
    }

    private async Task Run()
    {
        try
        {
            await _socket.ConnectAsync(upstream.Address.ToEndPoint()).ConfigureAwait(false);
            Stream stream = new NetworkStream(_socket, ownsSocket: false);
            Task reading = ReadLoop(stream);
            Task writing = WriteLoop(stream);
            await Task.WhenAny(reading, writing).ConfigureAwait(false);
            Dispose();
            await Task.WhenAll(reading, writing).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SocketException or IOException or ObjectDisposedException)
        {
            // Refused, reset, closed under us: the queries that were on it go on elsewhere, see below.
        }
        finally
        {
            Dispose();
            owner.Remove(this);
            ReportAllLost();
        }
    }

    private async Task WriteLoop(Stream stream)
    {
        byte[] buffer = new byte[16 * 1024];
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            int length = 0;
            while (length + UpstreamLimits.MaxQueryBytes + 2 <= buffer.Length && _queue.Reader.TryRead(out TcpQuery query))
            {
                length += Frame(query, buffer.AsSpan(length));
            }

            await stream.WriteAsync(buffer.AsMemory(0, length)).ConfigureAwait(false);
        }
    }

    private int Frame(in TcpQuery query, Span<byte> destination)
    {
        ushort id;
        lock (_gate)
        {
            do
            {
                // RFC 7766 §6.2.1: an id in flight is not used twice on a connection.
                id = _random.NextUInt16();
            }
            while (!_waiting.TryAdd(id, query));
        }

        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)query.Length);
        query.Message.AsSpan(0, query.Length).CopyTo(destination[2..]);
        MessageHeader.SetId(destination[2..], id);
        ArrayPool<byte>.Shared.Return(query.Message);
        return query.Length + 2;
    }

    private async Task ReadLoop(Stream stream)
    {
        PipeReader reader = PipeReader.Create(stream);
        while (true)
        {
            ReadResult result = await reader.ReadAsync().ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = result.Buffer;
            while (TryReadFrame(ref buffer, out ReadOnlySequence<byte> frame))
            {
                OnMessage(frame);
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                await reader.CompleteAsync().ConfigureAwait(false);
                return;
            }
        }
    }

    private static bool TryReadFrame(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> frame)
    {
        SequenceReader<byte> reader = new(buffer);
        if (reader.TryReadBigEndian(out short prefix) && reader.Remaining >= (ushort)prefix)
        {
            frame = buffer.Slice(2, (ushort)prefix);
            buffer = buffer.Slice(2 + (ushort)prefix);
            return true;
        }

        frame = default;
        return false;
    }

    private void OnMessage(in ReadOnlySequence<byte> frame)
    {
        Volatile.Write(ref _heardAt, clock.NowMilliseconds);
        int length = (int)frame.Length;
        if (length < WireLimits.HeaderLength)
        {
            UpstreamCounters.Add(ref upstream.Counters.Ignored);
            return;
        }

        byte[] message = ArrayPool<byte>.Shared.Rent(length);
        frame.CopyTo(message);
        bool isKnown;
        TcpQuery query;
        lock (_gate)
        {
            isKnown = _waiting.Remove(MessageHeader.GetId(message), out query);
        }

        if (!isKnown)
        {
            UpstreamCounters.Add(ref upstream.Counters.Ignored);
            ArrayPool<byte>.Shared.Return(message);
            return;
        }

        _hasAnswered = true;
        Interlocked.Decrement(ref _outstanding);
        query.Sink.Post(new InboxItem(InboxKind.Answer, query.Question, query.Generation, message, length, true));
    }

    private void ReportAllLost()
    {
        while (_queue.Reader.TryRead(out TcpQuery query))
        {
            ArrayPool<byte>.Shared.Return(query.Message);
            ReportLost(query);
        }

        TcpQuery[] waiting;
        lock (_gate)
        {
            waiting = [.. _waiting.Values];
            _waiting.Clear();
        }

        foreach (TcpQuery query in waiting)
        {
            ReportLost(query);
        }
    }

    private void ReportLost(in TcpQuery query)
    {
        Interlocked.Decrement(ref _outstanding);
        query.Sink.Post(new InboxItem(InboxKind.Lost, query.Question, query.Generation, null, 0, _hasAnswered));
    }
}
