using System;
using System.Collections.Generic;
using System.Diagnostics;
using NodeDns.Linux.Sockets;

namespace NodeDns.Load;

/// <summary>The one thread that asks and checks: a closed loop keeps a number in flight, an open loop keeps a rate.</summary>
internal sealed class LoadLoop : IDisposable
{
    private const int EventsPerWait = 64;
    private const int WaitMilliseconds = 20;
    private const int SendBurst = 64;
    private static readonly long s_expireEvery = Stopwatch.Frequency / 20;

    private readonly List<Conversation> _conversations;
    private readonly Epoll _epoll = new();
    private readonly EpollEvent[] _events = new EpollEvent[EventsPerWait];
    private readonly long _timeout;
    private readonly int _outstanding;
    private readonly LoadTally _tally;
    private long _nextExpiry;
    private int _turn;

    public LoadLoop(List<Conversation> conversations, LoadTally tally, int outstanding, double timeoutSeconds)
    {
        _conversations = conversations;
        _tally = tally;
        _outstanding = outstanding;
        _timeout = (long)(timeoutSeconds * Stopwatch.Frequency);
        for (int i = 0; i < conversations.Count; i++)
        {
            _epoll.Add(conversations[i].Descriptor, EpollEvents.In, (ulong)i);
        }
    }

    /// <summary>Questions that wait for their answer, over all conversations.</summary>
    public int InFlight
    {
        get
        {
            int count = 0;
            foreach (Conversation conversation in _conversations)
            {
                count += conversation.InFlight;
            }

            return count;
        }
    }

    /// <summary>Keeps that many questions in flight on every conversation until the time is over or the order ends.</summary>
    public void RunClosed(QuestionOrder order, double seconds)
    {
        long now = Stopwatch.GetTimestamp();
        long end = now + (long)(seconds * Stopwatch.Frequency);
        bool hasMore = true;
        foreach (Conversation conversation in _conversations)
        {
            hasMore = hasMore && Refill(conversation, order, now);
        }

        while (hasMore && now < end)
        {
            int ready = Wait(WaitMilliseconds);
            for (int i = 0; i < ready; i++)
            {
                Conversation conversation = _conversations[(int)_events[i].Tag];
                Receive(conversation, _events[i].Tag);
                hasMore = hasMore && Refill(conversation, order, Stopwatch.GetTimestamp());
            }

            now = Stopwatch.GetTimestamp();
            if (Expire(now))
            {
                foreach (Conversation conversation in _conversations)
                {
                    hasMore = hasMore && Refill(conversation, order, now);
                }
            }
        }
    }

    /// <summary>Asks at a fixed rate, however long the answers take; a question is timed from when it was due.</summary>
    public void RunOpen(QuestionOrder order, double seconds, double rate)
    {
        long start = Stopwatch.GetTimestamp();
        long end = start + (long)(seconds * Stopwatch.Frequency);
        double interval = Stopwatch.Frequency / rate;
        long asked = 0;
        for (long now = start; now < end; now = Stopwatch.GetTimestamp())
        {
            long due = (long)((now - start) / interval);
            while (asked < due)
            {
                Conversation conversation = _conversations[_turn];
                _turn = (_turn + 1) % _conversations.Count;
                long burstEnd = Math.Min(due, asked + SendBurst);
                for (; asked < burstEnd && order.TryNext(out long question); asked++)
                {
                    if (!conversation.TryAsk(question, start + (long)(asked * interval)))
                    {
                        _tally.Sent++;
                        _tally.Lost++;
                    }
                }

                conversation.Flush();
            }

            // No waiting: a load generator that sleeps measures its own waking up.
            ReceiveReady(0);
            Expire(now);
        }
    }

    /// <summary>Waits for the last answers without asking more; what is left then is lost.</summary>
    public void Drain()
    {
        long end = Stopwatch.GetTimestamp() + _timeout;
        while (InFlight > 0 && Stopwatch.GetTimestamp() < end)
        {
            ReceiveReady(WaitMilliseconds);
        }

        foreach (Conversation conversation in _conversations)
        {
            conversation.Expire(long.MaxValue);
        }
    }

    public void Dispose() => _epoll.Dispose();

    private int Wait(int milliseconds) => Math.Max(0, _epoll.Wait(_events, milliseconds).Value);

    private void ReceiveReady(int milliseconds)
    {
        int ready = Wait(milliseconds);
        for (int i = 0; i < ready; i++)
        {
            Receive(_conversations[(int)_events[i].Tag], _events[i].Tag);
        }
    }

    private void Receive(Conversation conversation, ulong tag)
    {
        conversation.Receive();
        if (conversation is TcpConversation { WasRedialled: true } redialled)
        {
            redialled.WasRedialled = false;
            _epoll.Add(redialled.Descriptor, EpollEvents.In, tag);
        }
    }

    private bool Refill(Conversation conversation, QuestionOrder order, long now)
    {
        bool hasMore = true;
        while (conversation.InFlight < _outstanding)
        {
            hasMore = order.TryNext(out long question);
            if (!hasMore || !conversation.TryAsk(question, now))
            {
                break;
            }
        }

        conversation.Flush();
        return hasMore;
    }

    private bool Expire(long now)
    {
        if (now < _nextExpiry)
        {
            return false;
        }

        _nextExpiry = now + s_expireEvery;
        foreach (Conversation conversation in _conversations)
        {
            conversation.Expire(now - _timeout);
        }

        return true;
    }
}
