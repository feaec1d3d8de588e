using System;
using System.Buffers;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using NodeDns.Logging;

namespace NodeDns.Dnstap;

/// <summary>One collector: a bounded queue that workers fill, and the loop that connects, sends and connects again.</summary>
/// <remarks>Workers never wait: when the queue is full, or the collector is away for long, frames are dropped and counted.</remarks>
internal sealed class DnstapOutput : IDisposable
{
    private readonly record struct Frame(byte[] Buffer, int Length);

    private readonly LogRing<Frame> _queue;
    private readonly long _mostBytes;
    private readonly EndPoint _endPoint;
    private readonly DnstapTls? _tls;
    private readonly Log _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[] _chunk = new byte[DnstapLimits.WriteBytes];
    private readonly Task _running;
    private long _bytes;
    private long _dropped;
    private long _sent;
    private Frame _next;
    private bool _isTold;

    /// <param name="text">The collector as the operator wrote it.</param>
    /// <param name="endPoint">A Unix socket, an address or a host name with its port.</param>
    /// <param name="tls">Null for a collector that is spoken to in the clear.</param>
    /// <param name="queueFactor">How many times the usual queue.</param>
    /// <param name="log">Told when the collector goes and comes.</param>
    public DnstapOutput(string text, EndPoint endPoint, DnstapTls? tls, int queueFactor, Log log)
    {
        Text = text;
        _endPoint = endPoint;
        _tls = tls;
        _log = log;
        _queue = new LogRing<Frame>(DnstapLimits.QueueMessages * queueFactor);
        _mostBytes = (long)DnstapLimits.QueueBytes * queueFactor;
        _running = Run();
    }

    public string Text { get; }

    /// <summary>Frames given to the collector.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Frames that found the queue full, or were lost with a connection.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Queues one message; called by workers.</summary>
    public void Add(in DnstapMessage message, ReadOnlySpan<byte> head, bool isFull)
    {
        if (Volatile.Read(ref _bytes) >= _mostBytes)
        {
            Interlocked.Increment(ref _dropped);
            return;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(DnstapEncoder.Room(head, message, isFull));
        int length = DnstapEncoder.Write(buffer, head, message, isFull);
        Interlocked.Add(ref _bytes, buffer.Length);
        if (!_queue.TryEnqueue(new Frame(buffer, length)))
        {
            Release(new Frame(buffer, length));
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>Sends what is queued, says goodbye, and ends; bounded in time.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        if (_running.Wait(DnstapLimits.Farewell + DnstapLimits.Farewell))
        {
            _stop.Dispose();
        }
    }

    private async Task Run()
    {
        await Task.Yield();
        TimeSpan wait = DnstapLimits.FirstRetry;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await using Stream stream = await Connect();
                Tell($"dnstap: sending to {Text}", isTrouble: false);
                wait = DnstapLimits.FirstRetry;
                await SendLoop(stream);
            }
            catch (Exception failure) when (failure is SocketException or IOException or UnauthorizedAccessException
                or AuthenticationException or CryptographicException or OperationCanceledException or ObjectDisposedException)
            {
                if (!_stop.IsCancellationRequested)
                {
                    string reason = failure is OperationCanceledException ? "no answer in time" : failure.Message;
                    Tell($"dnstap: {Text}: {reason}; trying again, what does not fit the queue meanwhile is dropped", isTrouble: true);
                }
            }

            await Task.Delay(wait, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            wait = wait * 2 < DnstapLimits.LastRetry ? wait * 2 : DnstapLimits.LastRetry;
        }

        while (TryTake(out Frame frame))
        {
            Release(frame);
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>One line when a collector goes, one when it comes, however often it is tried in between.</summary>
    private void Tell(string text, bool isTrouble)
    {
        if (isTrouble && !_isTold)
        {
            _log.Warning(text);
        }
        else if (!isTrouble)
        {
            _log.Info(text);
        }

        _isTold = isTrouble;
    }

    private async Task<Stream> Connect()
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        patience.CancelAfter(DnstapLimits.Patience);
        Socket socket = _endPoint is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        Stream? stream = null;
        try
        {
            await socket.ConnectAsync(_endPoint, patience.Token);
            stream = new NetworkStream(socket, ownsSocket: true);
            stream = _tls is null ? stream : await _tls.Authenticate(stream, patience.Token);
            await FrameStreams.Open(stream, patience.Token);
            return stream;
        }
        catch
        {
            stream?.Dispose();
            socket.Dispose();
            throw;
        }
    }

    private async Task SendLoop(Stream stream)
    {
        while (!_stop.IsCancellationRequested)
        {
            if (!await SendQueued(stream, DnstapLimits.Patience))
            {
                await Task.Delay(DnstapLimits.Poll, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        // The last words: what is queued, then STOP and the collector's FINISH.
        while (await SendQueued(stream, DnstapLimits.Farewell))
        {
        }

        using CancellationTokenSource soon = new(DnstapLimits.Farewell);
        await FrameStreams.Close(stream, soon.Token);
    }

    /// <summary>Sends what is there, about one buffer at most; false when there was nothing.</summary>
    private async Task<bool> SendQueued(Stream stream, TimeSpan within)
    {
        int length = 0;
        int frames = 0;
        while (TryTake(out Frame frame))
        {
            if (frame.Length > _chunk.Length - length)
            {
                _next = frame;
                break;
            }

            frame.Buffer.AsSpan(0, frame.Length).CopyTo(_chunk.AsSpan(length));
            length += frame.Length;
            frames++;
            Release(frame);
        }

        using CancellationTokenSource patience = new(within);
        if (frames == 0 && _next.Buffer is not null)
        {
            // One message longer than the buffer goes out from its own.
            Frame large = _next;
            _next = default;
            await Count(stream.WriteAsync(large.Buffer.AsMemory(0, large.Length), patience.Token), 1);
            Release(large);
            return true;
        }

        if (frames > 0)
        {
            await Count(stream.WriteAsync(_chunk.AsMemory(0, length), patience.Token), frames);
        }

        return frames > 0;
    }

    private async Task Count(ValueTask sending, int frames)
    {
        try
        {
            await sending;
            Interlocked.Add(ref _sent, frames);
        }
        catch
        {
            Interlocked.Add(ref _dropped, frames);
            throw;
        }
    }

    private bool TryTake(out Frame frame)
    {
        if (_next.Buffer is not null)
        {
            frame = _next;
            _next = default;
            return true;
        }

        return _queue.TryDequeue(out frame);
    }

    private void Release(in Frame frame)
    {
        Interlocked.Add(ref _bytes, -frame.Buffer.Length);
        ArrayPool<byte>.Shared.Return(frame.Buffer);
    }
}
