using System;
using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.ObjectPool;
using NodeDns.Cache;
using NodeDns.Linux.Sockets;
using NodeDns.Pipeline;
using NodeDns.Upstreams;

namespace NodeDns.Listeners;

/// <summary>One TCP client: queries in, answers out in whatever order they come (RFC 7766 §7).</summary>
/// <remarks>
/// <para>Two loops, <see cref="ReadLoop"/> and <see cref="WriteLoop"/>; <see cref="Serve"/> around them is where every
/// socket error ends. The object is pooled: <see cref="_handle"/> tells a late answer for an earlier client apart.</para>
/// <para>Answers are written by the read loop (hits) and by workers (misses), so the output is guarded by a monitor,
/// held for one copy.</para>
/// </remarks>
internal sealed class TcpConnection(TcpConnectionTable table, ObjectPool<TcpPipeline> pipelines, PipelineContext shared)
    : IDisposable
{
    private static readonly PipeOptions s_inputOptions = new(
        pauseWriterThreshold: 0, resumeWriterThreshold: 0, useSynchronizationContext: false, minimumSegmentSize: 4096);

    private static readonly PipeOptions s_outputOptions = new(
        pauseWriterThreshold: 0, resumeWriterThreshold: 0, useSynchronizationContext: false, minimumSegmentSize: 4096);

    private readonly Pipe _input = new(s_inputOptions);
    private readonly Pipe _output = new(s_outputOptions);
    private readonly SemaphoreSlim _answered = new(0);
    private readonly Lock _gate = new();
    private Socket? _socket;
    private ListenAddress? _address;
    private TcpTimeouts _timeouts = TcpTimeouts.Default;
    private PeerAddress _client;
    private int _handle;
    private int _pending;
    private long _deadline;
    private long _writingSince;
    private long _unsent;
    private bool _isOutputOpen;
    private bool _hasAsked;

    public IPAddress? ClientAddress { get; private set; }

    /// <summary>Nothing is owed to the client, so it may be closed for another (RFC 9210 §4.2).</summary>
    public bool IsIdle => Volatile.Read(ref _pending) == 0;

    /// <summary>An answer is waited for or not yet sent; closing now would lose it.</summary>
    public bool IsOwed => !IsIdle || Volatile.Read(ref _unsent) > 0;

    /// <summary>Accepted, and its first query is still on its way.</summary>
    public bool IsNew => !Volatile.Read(ref _hasAsked);

    public long Deadline => Volatile.Read(ref _deadline);

    public void Open(Socket socket, ListenAddress address, TcpTimeouts timeouts, int handle)
    {
        IPEndPoint remote = (IPEndPoint)socket.RemoteEndPoint!;
        ClientAddress = remote.Address;
        _socket = socket;
        _address = address;
        _timeouts = timeouts;
        _client = PeerAddress.From(remote);
        _pending = 0;
        _unsent = 0;
        _writingSince = 0;
        _hasAsked = false;
        Volatile.Write(ref _deadline, shared.Clock.NowMilliseconds + timeouts.FirstMessageMilliseconds);
        while (_answered.Wait(0))
        {
            // Signals left over from the client before.
        }

        lock (_gate)
        {
            _handle = handle;
            _isOutputOpen = true;
        }
    }

    /// <summary>Whether the client let its time pass: no whole message, or it does not take its answers.</summary>
    public bool IsOverdue(long now)
    {
        long writingSince = Volatile.Read(ref _writingSince);
        return (IsIdle && now > Deadline)
            || (writingSince != 0 && now - writingSince > _timeouts.WriteMilliseconds)
            || now > Deadline + UpstreamLimits.DeadlineMilliseconds + _timeouts.IdleMilliseconds;
    }

    /// <summary>Ends both loops; they clean up.</summary>
    public void Abort() => _socket?.Dispose();

    public void Dispose()
    {
        Abort();
        _answered.Dispose();
    }

    /// <summary>The life of the connection, from the first byte to the return to the pool.</summary>
    public async Task Serve()
    {
        Socket socket = _socket!;
        Task writing = WriteLoop(socket);
        try
        {
            await ReadLoop(socket).ConfigureAwait(false);
            await WaitForAnswers().ConfigureAwait(false);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Reset, closed, or aborted by the watch: whoever waits on it waits no more (T4).
        }

        lock (_gate)
        {
            _isOutputOpen = false;
            _handle = 0;
        }

        await _output.Writer.CompleteAsync().ConfigureAwait(false);
        await writing.ConfigureAwait(false);
        socket.Dispose();
        await _input.Writer.CompleteAsync().ConfigureAwait(false);
        await _input.Reader.CompleteAsync().ConfigureAwait(false);
        _input.Reset();
        _output.Reset();
        _socket = null;
    }

    /// <summary>Writes the reply of a query that waited; false when its client is gone.</summary>
    public bool TryReply(
        int handle, in Waiter waiter, RoutePlan route, ReadOnlySpan<byte> message, in CachedAnswer answer,
        in ReplyCause cause)
    {
        TcpPipeline pipeline = pipelines.Get();
        int length = DeferredReply.Compose(
            waiter, route, message, answer, cause, shared, pipeline.Counters, pipeline.Reply);
        bool sent = TryWrite(handle, pipeline.Reply.AsSpan(0, length));
        pipelines.Return(pipeline);
        if (sent && Interlocked.Decrement(ref _pending) is 0 or ListenerLimits.MaxPendingPerConnection - 1)
        {
            _answered.Release();
        }

        return sent;
    }

    private async Task ReadLoop(Socket socket)
    {
        int queries = 0;
        while (queries < _timeouts.MaxQueries)
        {
            // An empty read waits without holding a buffer: idle connections cost next to nothing.
            await socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None).ConfigureAwait(false);
            int received = await socket.ReceiveAsync(_input.Writer.GetMemory(4096), SocketFlags.None)
                .ConfigureAwait(false);
            if (received == 0)
            {
                return;
            }

            _input.Writer.Advance(received);
            await _input.Writer.FlushAsync().ConfigureAwait(false);
            while (_input.Reader.TryRead(out ReadResult result))
            {
                ReadOnlySequence<byte> buffer = result.Buffer;
                int handled = HandleFrames(ref buffer, _timeouts.MaxQueries - queries);

                // "Examined" up to the end only when every whole message was taken, else the pipe would wait for more.
                bool isPaused = Volatile.Read(ref _pending) >= ListenerLimits.MaxPendingPerConnection;
                _input.Reader.AdvanceTo(buffer.Start, isPaused ? buffer.Start : buffer.End);
                queries += handled;
                if (handled == 0)
                {
                    break;
                }

                await FlushAndPause().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Handles the whole messages of a buffer, until one bound or another is reached.</summary>
    private int HandleFrames(ref ReadOnlySequence<byte> buffer, int most)
    {
        int handled = 0;
        TcpPipeline pipeline = pipelines.Get();
        long receivedAt = shared.Clock.NowMicroseconds;
        while (handled < most && Volatile.Read(ref _pending) < ListenerLimits.MaxPendingPerConnection
            && TryReadFrame(ref buffer, pipeline.Request, out ReadOnlySpan<byte> request))
        {
            handled++;
            Handle(pipeline, request, receivedAt);
        }

        pipeline.Counters.EndBatch(shared.Clock.NowMicroseconds - receivedAt);

        pipelines.Return(pipeline);
        if (handled > 0)
        {
            // RFC 7766 §6.2.3: only a whole message is a sign of life; dripping bytes is not (T3).
            Volatile.Write(ref _deadline, (receivedAt / 1000) + _timeouts.IdleMilliseconds);
            Volatile.Write(ref _hasAsked, true);
        }

        return handled;
    }

    private void Handle(TcpPipeline pipeline, ReadOnlySpan<byte> request, long receivedAt)
    {
        shared.Top.TcpSketch?.Add(request, _client);
        Interlocked.Increment(ref _pending);
        ClientContext client = new(in _client, default, _handle, isTcp: true, receivedAt);
        QueryOutcome outcome = QueryOutcome.Dropped;
        try
        {
            outcome = pipeline.Queries.Process(request, pipeline.Reply, client, _address!.Zones, receivedAt / 1000);
        }
        catch (Exception error)
        {
            table.OnUnexpected(pipeline.Counters, error);
        }

        if (outcome.IsPending)
        {
            return;
        }

        Interlocked.Decrement(ref _pending);
        if (outcome.IsAnswered)
        {
            lock (_gate)
            {
                Write(pipeline.Reply.AsSpan(0, outcome.Length));
            }
        }
    }

    private static bool TryReadFrame(
        ref ReadOnlySequence<byte> buffer, Span<byte> scratch, out ReadOnlySpan<byte> frame)
    {
        frame = default;
        Span<byte> prefix = stackalloc byte[2];
        if (buffer.Length < 2)
        {
            return false;
        }

        buffer.Slice(0, 2).CopyTo(prefix);
        int length = BinaryPrimitives.ReadUInt16BigEndian(prefix);
        if (buffer.Length < 2 + length)
        {
            return false;
        }

        ReadOnlySequence<byte> message = buffer.Slice(2, length);
        buffer = buffer.Slice(message.End);
        if (message.IsSingleSegment)
        {
            frame = message.FirstSpan;
            return true;
        }

        message.CopyTo(scratch);
        frame = scratch[..length];
        return true;
    }

    /// <summary>Sends what was answered; waits when the client has as many queries open as it may.</summary>
    private async ValueTask FlushAndPause()
    {
        await FlushOutput().ConfigureAwait(false);
        while (Volatile.Read(ref _pending) >= ListenerLimits.MaxPendingPerConnection)
        {
            await _answered.WaitAsync().ConfigureAwait(false);
        }
    }

    private ValueTask<FlushResult> FlushOutput()
    {
        lock (_gate)
        {
            return _output.Writer.FlushAsync();
        }
    }

    /// <summary>The client sent its last query; it still gets its answers (a half-closed connection is no closed one).</summary>
    private async ValueTask WaitForAnswers()
    {
        while (Volatile.Read(ref _pending) > 0)
        {
            await _answered.WaitAsync(TimeSpan.FromMilliseconds(UpstreamLimits.DeadlineMilliseconds)).ConfigureAwait(false);
        }
    }

    private bool TryWrite(int handle, ReadOnlySpan<byte> reply)
    {
        lock (_gate)
        {
            if (!_isOutputOpen || handle != _handle)
            {
                return false;
            }

            Write(reply);
            ValueTask<FlushResult> flush = _output.Writer.FlushAsync();

            // Never pauses (no threshold), so it is complete at once.
            _ = flush.IsCompleted;
        }

        return true;
    }

    /// <summary>Prefix and message in one piece, so that they leave in one segment (RFC 7766 §8).</summary>
    private void Write(ReadOnlySpan<byte> reply)
    {
        if (!_isOutputOpen)
        {
            return;
        }

        Span<byte> frame = _output.Writer.GetSpan(reply.Length + 2);
        BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)reply.Length);
        reply.CopyTo(frame[2..]);
        _output.Writer.Advance(reply.Length + 2);
        _unsent += reply.Length + 2;
        if (_unsent > ListenerLimits.MaxUnsentBytes)
        {
            // The client asks but does not read.
            _isOutputOpen = false;
            table.CountSlowReader();
            Abort();
        }
    }

    private async Task WriteLoop(Socket socket)
    {
        PipeReader reader = _output.Reader;
        try
        {
            while (true)
            {
                ReadResult result = await reader.ReadAsync().ConfigureAwait(false);
                if (result.Buffer.IsEmpty && result.IsCompleted)
                {
                    break;
                }

                Volatile.Write(ref _writingSince, shared.Clock.NowMilliseconds);
                foreach (ReadOnlyMemory<byte> segment in result.Buffer)
                {
                    await SendAll(socket, segment).ConfigureAwait(false);
                }

                Volatile.Write(ref _writingSince, 0);
                lock (_gate)
                {
                    _unsent -= result.Buffer.Length;
                }

                reader.AdvanceTo(result.Buffer.End);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The client went away; the read loop learns of it too.
            Abort();
        }
        finally
        {
            await reader.CompleteAsync().ConfigureAwait(false);
        }
    }

    private static async ValueTask SendAll(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int sent = await socket.SendAsync(bytes, SocketFlags.None).ConfigureAwait(false);
            bytes = bytes[sent..];
        }
    }
}
