using System;
using System.Collections.Concurrent;
using NodeDns.Linux.Sockets;

namespace NodeDns.Upstreams;

/// <summary>Messages from other threads to one worker, which sleeps in epoll.</summary>
/// <remarks>Bounded by the in-flight table: a question has at most one message under way.</remarks>
internal sealed class WorkerInbox : IAnswerSink, IDisposable
{
    private readonly ConcurrentQueue<InboxItem> _items = new();
    private readonly EventSignal _signal = new();

    public int Descriptor => _signal.Descriptor;

    public void Post(in InboxItem item)
    {
        _items.Enqueue(item);
        _signal.Set();
    }

    /// <summary>Wakes the worker without a message: its timers may have become due, or its plan changed.</summary>
    public void Wake() => _signal.Set();

    public void ClearSignal() => _signal.Clear();

    public bool TryTake(out InboxItem item) => _items.TryDequeue(out item);

    public void Dispose() => _signal.Dispose();
}
