using System;
using System.Threading;
using NodeDns.Cache;
using NodeDns.Linux.Scheduling;
using NodeDns.Linux.Sockets;
using NodeDns.Linux.Syscalls;
using NodeDns.Logging;
using NodeDns.Metrics;
using NodeDns.Pipeline;
using NodeDns.Upstreams;

namespace NodeDns.Listeners;

/// <summary>One thread that does it all for its sockets: client in, upstream out, upstream in, client out.</summary>
/// <remarks>
/// Owns an epoll, one SO_REUSEPORT socket per listen address and the upstream sockets of its questions. Other threads
/// reach it through the forwarder's inbox and through <see cref="Assign"/>, which it looks at once a turn.
/// </remarks>
internal sealed class UdpWorker : IReplySink, IDisposable
{
    private const ulong InboxTag = 1UL << 40;
    private const ulong ListenerTag = 2UL << 40;
    private const ulong UpstreamTag = 3UL << 40;
    private const ulong KindMask = 0xFFUL << 40;
    private const int EventsPerTurn = 64;

    private readonly int _index;
    private readonly PipelineContext _shared;
    private readonly IReplySink _tcpReplies;
    private readonly Log _log;
    private readonly WorkerCounters _counters;
    private readonly Epoll _epoll = new();
    private readonly Forwarder _forwarder;
    private readonly QueryPipeline _pipeline;
    private readonly BatchLookahead _lookahead;
    private readonly Thread _thread;
    private UdpListener?[] _listeners = [];
    private UdpListener?[]? _assigned;
    private volatile bool _isStopping;
    private volatile bool _isRetiring;
    private ThreadClock _clock;

    public UdpWorker(int index, PipelineContext shared, IReplySink tcpReplies, Log log)
    {
        _index = index;
        _shared = shared;
        _tcpReplies = tcpReplies;
        _log = log;
        _counters = shared.Counters.Add();
        AnswerDelivery delivery = new(shared.Clock, shared.InFlight, shared.Cache, shared.Backoff, _counters, this);
        _forwarder = new Forwarder(shared.Clock, shared.InFlight, delivery, _counters, _epoll, UpstreamTag);
        _pipeline = new QueryPipeline(shared, new QuestionStarter(shared.InFlight, _forwarder, []), _counters);
        _lookahead = new BatchLookahead(shared.Cache, ListenerLimits.BatchSlots);
        _epoll.Add(_forwarder.Inbox.Descriptor, EpollEvents.In, InboxTag);
        _thread = new Thread(Run) { Name = $"udp-{index}", IsBackground = true };
    }

    public WorkerInbox Inbox => _forwarder.Inbox;

    /// <summary>Processor time its thread took.</summary>
    public double CpuSeconds => _clock.Seconds;

    /// <summary>Changes as long as the worker is not stuck and is woken from time to time.</summary>
    public long Turns => Volatile.Read(ref _counters.Turns);

    public void Start() => _thread.Start();

    /// <summary>Gives the worker its sockets, by listener index; those no longer named are closed by the worker.</summary>
    public void Assign(UdpListener?[] listeners)
    {
        Volatile.Write(ref _assigned, listeners);
        Inbox.Wake();
    }

    /// <summary>Takes no new queries from here on; those received, and those that wait for an upstream, are answered.</summary>
    public void Retire()
    {
        _isRetiring = true;
        Inbox.Wake();
    }

    /// <summary>Lets the worker answer what it already received and end.</summary>
    public bool Stop(TimeSpan within)
    {
        _isStopping = true;
        Inbox.Wake();
        return _thread.Join(within);
    }

    public void Reply(
        in Waiter waiter, RoutePlan route, ReadOnlySpan<byte> message, in CachedAnswer answer, in ReplyCause cause)
    {
        // A negative number is no listener: the query came by the control socket.
        if (waiter.Has(WaiterFlags.Tcp) || waiter.Via < 0)
        {
            _tcpReplies.Reply(waiter, route, message, answer, cause);
            return;
        }

        // The waiter may have come in through another worker: every worker has a socket on each listen address.
        UdpListener? listener = waiter.Via < _listeners.Length ? _listeners[waiter.Via] : null;
        if (listener is null)
        {
            _counters.RepliesDropped++;
            return;
        }

        if (listener.Replies.IsFull)
        {
            Flush(listener);
        }

        _shared.Top.Sketch(_index)?.AddLatency(
            TimeSpan.FromMicroseconds(_shared.Clock.NowMicroseconds - waiter.ReceivedAt), 1, hasWaited: true);
        int length = DeferredReply.Compose(
            waiter, route, message, answer, cause, _shared, _counters, listener.Replies.Reserve());
        listener.Replies.Commit(length, waiter.Client, waiter.Local);
    }

    public void Dispose()
    {
        foreach (UdpListener? listener in _listeners)
        {
            listener?.Dispose();
        }

        _forwarder.Dispose();
        _epoll.Dispose();
    }

    private void Run()
    {
        Span<EpollEvent> events = stackalloc EpollEvent[EventsPerTurn];
        _clock = ThreadClock.OfCurrentThread();
        while (!_isStopping)
        {
            try
            {
                Turn(events);
            }
            catch (Exception error)
            {
                UnexpectedError.Count(_counters, _log, error);
            }
        }

        Turn(events, waitMilliseconds: 0);
    }

    private void Turn(Span<EpollEvent> events, int? waitMilliseconds = null)
    {
        _counters.Turns++;
        int wait = waitMilliseconds ?? _forwarder.WaitMilliseconds(_shared.Clock.NowMilliseconds);
        SyscallResult ready = _epoll.Wait(events, wait);
        if (Volatile.Read(ref _assigned) is not null)
        {
            TakeAssigned();
        }

        if (_isRetiring)
        {
            RetireListeners();
        }

        for (int i = 0; i < ready.Value; i++)
        {
            ulong tag = events[i].Tag;
            switch (tag & KindMask)
            {
                case ListenerTag:
                    ServeAt((int)(tag & 0xFFFF));
                    break;
                case UpstreamTag:
                    _forwarder.OnReadable(tag & ~KindMask);
                    break;
                default:
                    _forwarder.OnInbox();
                    break;
            }
        }

        _forwarder.EndTurn(_shared.Clock.NowMilliseconds);
        foreach (UdpListener? listener in _listeners)
        {
            if (listener is not null && listener.Replies.Count > 0)
            {
                Flush(listener);
            }
        }
    }

    private void ServeAt(int index)
    {
        if (index < _listeners.Length && _listeners[index] is { } listener)
        {
            Serve(listener);
        }
    }

    /// <summary>Receive, handle, send: one batch at a time, while whole batches keep coming.</summary>
    /// <returns>True when the turn ended and not what had come.</returns>
    private bool Serve(UdpListener listener)
    {
        ZoneTable zones = listener.Address.Zones;
        for (int batch = 0; batch < ListenerLimits.BatchesPerTurn; batch++)
        {
            SyscallResult received = listener.Requests.Receive(listener.Socket);
            if (received.IsError)
            {
                return false;
            }

            // The only two looks at the clock for a batch: its queries are timed as one (decision 22).
            long receivedAt = _shared.Clock.NowMicroseconds;
            _lookahead.Run(listener.Requests);
            for (int i = 0; i < received.Value; i++)
            {
                Handle(listener, zones, i, receivedAt);
            }

            Flush(listener);
            long took = _shared.Clock.NowMicroseconds - receivedAt;
            _counters.EndBatch(took);
            if (_shared.Top.Sketch(_index) is { } top)
            {
                top.AddLatency(TimeSpan.FromMicroseconds(took), received.Value, hasWaited: false);
                top.Add(listener.Requests);
            }

            if (received.Value < ListenerLimits.BatchSlots)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Answers all that a listener has received which a reload dropped: its clients know of no reload. It takes no more from
    /// here on, so what is left is no more than a kernel queue.
    /// </summary>
    private void Drain(UdpListener listener)
    {
        listener.Socket.Retire();
        while (Serve(listener))
        {
        }
    }

    private void Handle(UdpListener listener, ZoneTable zones, int i, long receivedAt)
    {
        if (listener.Replies.IsFull)
        {
            Flush(listener);
        }

        ref readonly PeerAddress source = ref listener.Requests.Source(i);
        LocalAddress destination = listener.Requests.Destination(i);
        ClientContext client = new(in source, destination, listener.Address.Index, isTcp: false, receivedAt);
        QueryOutcome outcome = _pipeline.Process(
            listener.Requests.Datagram(i), listener.Replies.Reserve(), client, zones, receivedAt / 1000);
        if (outcome.IsAnswered)
        {
            listener.Replies.Commit(outcome.Length, source, destination);
        }
    }

    private void Flush(UdpListener listener)
    {
        listener.Replies.Flush(listener.Socket, out _, out int dropped);
        _counters.RepliesDropped += dropped;
    }

    private void RetireListeners()
    {
        _isRetiring = false;
        foreach (UdpListener? listener in _listeners)
        {
            listener?.Socket.Retire();
        }
    }

    private void TakeAssigned()
    {
        UdpListener?[] next = Interlocked.Exchange(ref _assigned, null)!;
        UdpListener?[] before = _listeners;
        _listeners = next;
        for (int i = 0; i < next.Length; i++)
        {
            if (next[i] is { } listener && (i >= before.Length || before[i] != listener))
            {
                _epoll.Add(listener.Socket.Descriptor, EpollEvents.In, ListenerTag | (uint)i);
            }
        }

        for (int i = 0; i < before.Length; i++)
        {
            if (before[i] is { } gone && (i >= next.Length || next[i] != gone))
            {
                Drain(gone);
                gone.Dispose();
            }
        }
    }
}
