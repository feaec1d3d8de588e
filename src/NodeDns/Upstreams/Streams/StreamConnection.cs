using System;
using System.Buffers;
using System.Buffers.Binary;
using System.IO;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using NodeDns.Linux.Syscalls;
using NodeDns.Timing;
using NodeDns.Wire;

namespace NodeDns.Upstreams.Streams;

/// <summary>One pipelined connection to an upstream: many queries in flight, answers in any order, matched by id.</summary>
/// <remarks>
/// Two loops, <see cref="WriteLoop"/> and <see cref="ReadLoop"/>, and one wrapper, <see cref="Run"/>, in which every
/// error ends. Whatever ends the connection, each query it still owes is reported to its worker exactly once.
/// </remarks>
internal sealed class StreamConnection : IDisposable
{
    private static int s_numbers;

    private readonly UpstreamState _upstream;
    private readonly StreamPool _owner;
    private readonly StreamRules _rules;
    private readonly Clock _clock;
    private readonly Channel<StreamQuery> _queue = Channel.CreateUnbounded<StreamQuery>(new() { SingleReader = true });
    private readonly WaitingQueries _waiting = new();
    private readonly Socket _socket;
    private readonly long _wornOutAt;
    private int _outstanding;
    private int _taken;
    private long _heardAt;
    private long _usedAt;
    private UpstreamFault _fault;
    private volatile UpstreamFault _stage = UpstreamFault.Connect;
    private volatile bool _isConnected;
    private volatile bool _isClosed;

    public StreamConnection(UpstreamState upstream, StreamPool owner, StreamRules rules, Clock clock)
    {
        _upstream = upstream;
        _owner = owner;
        _rules = rules;
        _clock = clock;
        _socket = StreamSocket.Create(upstream.Address);
        OpenedAt = _heardAt = _usedAt = clock.NowMilliseconds;
        long life = rules.MaxAgeMilliseconds > 0 ? rules.MaxAgeMilliseconds : StreamLimits.MaxAgeMilliseconds;

        // Connections of one burst do not all end at one moment.
        _wornOutAt = OpenedAt + life - (long)(KernelRandom.NextUInt64() % (ulong)Math.Max(1, life / 10));
    }

    /// <summary>Tells it from every other connection of the process.</summary>
    public int Number { get; } = Interlocked.Increment(ref s_numbers);

    public int Outstanding => Volatile.Read(ref _outstanding);

    public long OpenedAt { get; }

    public bool IsWornOut(long now) =>
        now >= _wornOutAt || Volatile.Read(ref _taken) >= StreamLimits.QueriesPerConnection;

    public long IdleSince(long now) => now - Volatile.Read(ref _usedAt);

    /// <summary>Whether it is a good place for one more query.</summary>
    public bool Takes(long now) => !_isClosed && !IsWornOut(now) && !OwesFor(now, StreamLimits.SuspicionMilliseconds);

    public bool IsSilent(long now) => OwesFor(now, StreamLimits.SilenceMilliseconds);

    public bool IsBetterThan(StreamConnection other) => _isConnected == other._isConnected
        ? Outstanding < other.Outstanding
        : _isConnected;

    public void Start() => _ = Run();

    public void Submit(in StreamQuery query)
    {
        long now = _clock.NowMilliseconds;
        Volatile.Write(ref _usedAt, now);
        Interlocked.Increment(ref _taken);
        if (Interlocked.Increment(ref _outstanding) == 1)
        {
            // Silence is counted from the moment an answer is owed.
            Volatile.Write(ref _heardAt, now);
        }

        if (!_queue.Writer.TryWrite(query))
        {
            ArrayPool<byte>.Shared.Return(query.Message);
            ReportLost(query, isBlamed: false);
        }
    }

    /// <summary>Reports what was sent so long ago that nobody waits for it any more.</summary>
    public void ForgetOld(long now)
    {
        if (Outstanding > 0)
        {
            foreach (StreamQuery query in _waiting.TakeSentBefore(now - StreamLimits.ForgetMilliseconds))
            {
                ReportLost(query, isBlamed: false);
            }
        }
    }

    /// <summary>Notes why the connection ends; the first reason counts. One that never stood was not silent, but not made.</summary>
    public void Fail(UpstreamFault fault)
    {
        if (_fault == UpstreamFault.None)
        {
            _fault = _isConnected || fault != UpstreamFault.Silent ? fault : _stage;
        }
    }

    /// <summary>Closes the connection; its loops end and report what is still owed.</summary>
    public void Dispose()
    {
        _isClosed = true;
        _queue.Writer.TryComplete();
        _socket.Dispose();
    }

    private bool OwesFor(long now, long milliseconds) =>
        Outstanding > 0 && now - Volatile.Read(ref _heardAt) > milliseconds;

    private async Task Run()
    {
        Stream? stream = null;
        try
        {
            stream = await Dial().ConfigureAwait(false);
            Volatile.Write(ref _heardAt, _clock.NowMilliseconds);
            _stage = UpstreamFault.Closed;
            _isConnected = true;
            Task reading = ReadLoop(stream);
            Task writing = WriteLoop(stream);
            await Task.WhenAny(reading, writing).ConfigureAwait(false);
            Dispose();
            await Task.WhenAll(reading, writing).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Refused, reset, closed under us, a certificate that will not do: the queries go on elsewhere, see below.
            Fail(StreamFault.Of(error, _stage));
        }
        finally
        {
            Fail(UpstreamFault.Closed);
            Dispose();
            stream?.Dispose();
            _owner.Remove(this);
            ReportAllLost();
        }
    }

    private async Task<Stream> Dial()
    {
        using CancellationTokenSource deadline = new(StreamLimits.DialMilliseconds);
        await StreamSocket.Connect(_socket, _upstream.Address, _rules.Source, deadline.Token).ConfigureAwait(false);
        Stream stream = new NetworkStream(_socket, ownsSocket: false);
        if (_rules.Tls is not { } tls)
        {
            return stream;
        }

        _stage = UpstreamFault.Handshake;
        return await tls.Authenticate(stream, [], deadline.Token).ConfigureAwait(false);
    }

    private async Task WriteLoop(Stream stream)
    {
        byte[] buffer = new byte[StreamLimits.WriteBytes];
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            int length = 0;
            while (length + UpstreamLimits.MaxQueryBytes + 2 <= buffer.Length && _queue.Reader.TryRead(out StreamQuery query))
            {
                length += Frame(query, buffer.AsSpan(length));
            }

            await stream.WriteAsync(buffer.AsMemory(0, length)).ConfigureAwait(false);
        }
    }

    private int Frame(in StreamQuery query, Span<byte> destination)
    {
        ushort id = _waiting.Add(query, _clock.NowMilliseconds);
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
        int length = (int)frame.Length;
        if (length < WireLimits.HeaderLength)
        {
            UpstreamCounters.Add(ref _upstream.Counters.Ignored);
            return;
        }

        byte[] message = ArrayPool<byte>.Shared.Rent(length);
        frame.CopyTo(message);
        if (!_waiting.TryTake(MessageHeader.GetId(message), out StreamQuery query))
        {
            // Not a sign of life either: who sends only what nobody asked for is as good as silent.
            UpstreamCounters.Add(ref _upstream.Counters.Ignored);
            ArrayPool<byte>.Shared.Return(message);
            return;
        }

        Volatile.Write(ref _heardAt, _clock.NowMilliseconds);
        Interlocked.Decrement(ref _outstanding);
        query.Sink.Post(new InboxItem(InboxKind.Answer, query.Question, query.Generation, message, length, true));
    }

    private void ReportAllLost()
    {
        // One connection that cannot be made is one failure of the upstream, however many queries waited for it.
        bool isBlamed = true;
        if (Outstanding > 0 || !_isConnected)
        {
            _upstream.Note(_fault);
        }

        while (_queue.Reader.TryRead(out StreamQuery query))
        {
            ArrayPool<byte>.Shared.Return(query.Message);
            ReportLost(query, isBlamed);
            isBlamed = false;
        }

        foreach (StreamQuery query in _waiting.TakeSentBefore(long.MaxValue))
        {
            ReportLost(query, isBlamed);
            isBlamed = false;
        }
    }

    private void ReportLost(in StreamQuery query, bool isBlamed)
    {
        Interlocked.Decrement(ref _outstanding);
        query.Sink.Post(new InboxItem(
            InboxKind.Lost, query.Question, query.Generation, null, 0, _isConnected, isBlamed));
    }
}
