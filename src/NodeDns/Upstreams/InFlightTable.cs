using System;
using System.Threading;
using NodeDns.Cache;

namespace NodeDns.Upstreams;

/// <summary>How a miss entered the table.</summary>
internal enum JoinStatus
{
    /// <summary>The same question is on its way; the client waits with the others.</summary>
    Joined,

    /// <summary>The first of its kind: the caller has it sent.</summary>
    Created,

    /// <summary>The bound of the process is reached.</summary>
    Full,

    /// <summary>This client's share of the table is used up.</summary>
    ClientFull,

    /// <summary>As many clients wait for this question as may.</summary>
    QuestionFull,
}

/// <summary>What a question in flight begins with.</summary>
/// <param name="ClientTimer">When clients get stale data instead of waiting on; 0 when there is none (RFC 8767 §5).</param>
/// <param name="WantsTcp">The client came over TCP, so the upstream is asked over TCP (RFC 5625 §4.4.1, T7).</param>
/// <param name="FollowUp">What is to be done with the answer, usually nothing.</param>
/// <param name="Options">EDNS options the operator adds to queries (<c>rewrite edns0</c>), usually none.</param>
internal readonly record struct QuestionStart(
    long ClientTimer, bool WantsTcp, FollowUp? FollowUp, ReadOnlyMemory<byte> Options);

/// <summary>All questions in flight and the clients that wait for them, process-wide and fixed in size.</summary>
/// <remarks>
/// <para>However many clients ask the same, on whatever worker or transport, one query goes upstream: that also closes
/// the birthday attack on identical queries (CVE-2023-30464).</para>
/// <para>Buckets are guarded by spin gates, taken on the miss path only.</para>
/// </remarks>
internal sealed class InFlightTable
{
    private const int Buckets = 8192;
    private readonly PendingQuestion[] _questions = new PendingQuestion[UpstreamLimits.MaxQuestions];

    // Uninitialised: each is written whole before it is read.
    private readonly Waiter[] _waiters = GC.AllocateUninitializedArray<Waiter>(UpstreamLimits.MaxWaiters);
    private readonly IndexStack _freeQuestions = new(UpstreamLimits.MaxQuestions);
    private readonly IndexStack _freeWaiters = new(UpstreamLimits.MaxWaiters);
    private readonly ClientShares _shares = new();
    private readonly int[] _heads = new int[Buckets];
    private readonly SpinGate[] _gates = new SpinGate[Buckets];
    private long _concurrencyRejects;

    /// <summary>Questions in flight now.</summary>
    public int Count => _freeQuestions.Taken;

    public int Waiting => _freeWaiters.Taken;

    /// <summary>Questions that <c>max_concurrent</c> of their <c>forward</c> line turned away.</summary>
    public long ConcurrencyRejects => Volatile.Read(ref _concurrencyRejects);

    public void CountConcurrencyReject() => Interlocked.Increment(ref _concurrencyRejects);

    public ref PendingQuestion this[int question] => ref _questions[question];

    public ref Waiter Waiter(int waiter) => ref _waiters[waiter];

    /// <summary>Lets a client wait for a question; the first one makes the question.</summary>
    public JoinStatus Join(
        in CacheKey key, RoutePlan route, in Waiter waiter, in QuestionStart start, out int question)
    {
        int place = _freeWaiters.Take();
        if (place < 0)
        {
            question = -1;
            return JoinStatus.Full;
        }

        int share = _shares.PlaceOf(waiter.Client);
        if (!_shares.TryAddWaiter(share, UpstreamLimits.MaxWaiters - _freeWaiters.Taken))
        {
            _freeWaiters.Return(place);
            question = -1;
            return JoinStatus.ClientFull;
        }

        _waiters[place] = waiter;
        _waiters[place].Share = (ushort)share;
        JoinStatus status = Enter(key, route, place, start, out question);
        if (status > JoinStatus.Created)
        {
            FreeWaiter(place);
        }

        return status;
    }

    /// <summary>Makes a question nobody waits for: a refresh. False when it is on its way already, or the table is full.</summary>
    public bool TryStartRefresh(in CacheKey key, RoutePlan route, in QuestionStart start, out int question) =>
        Enter(key, route, -1, start, out question) == JoinStatus.Created;

    /// <summary>Whether a client waits for it at this moment.</summary>
    public bool HasWaiters(int question) => Volatile.Read(ref _questions[question].FirstWaiter) >= 0;

    /// <summary>Takes all clients off a question that goes on without them; returns the first, -1 for none.</summary>
    public int DetachWaiters(int question)
    {
        ref PendingQuestion pending = ref _questions[question];
        int bucket = BucketOf(pending.QuestionHash);
        _gates[bucket].Enter();
        int first = pending.FirstWaiter;
        pending.FirstWaiter = -1;
        pending.WaiterCount = 0;
        _gates[bucket].Exit();
        return first;
    }

    /// <summary>Takes a question out, so that no client joins it any more; its place stays the caller's until freed.</summary>
    public int Unlink(int question)
    {
        ref PendingQuestion pending = ref _questions[question];
        int bucket = BucketOf(pending.QuestionHash);
        _gates[bucket].Enter();
        ref int link = ref _heads[bucket];
        while (link != question + 1)
        {
            link = ref _questions[link - 1].NextInBucket;
        }

        link = pending.NextInBucket;
        int first = pending.FirstWaiter;
        pending.FirstWaiter = -1;
        pending.WaiterCount = 0;
        _gates[bucket].Exit();
        return first;
    }

    public void FreeQuestion(int question)
    {
        ref PendingQuestion pending = ref _questions[question];
        if (pending.Share >= 0)
        {
            _shares.RemoveQuestion(pending.Share);
        }

        pending.Generation++;
        pending.Use++;
        pending.IsLingering = false;
        pending.Route = null;
        pending.FollowUp = null;
        pending.Upstream = null;
        pending.Attempts = default;
        pending.Options = default;
        _freeQuestions.Return(question);
    }

    /// <summary>Gives a waiter's place back; returns the next waiter of its question.</summary>
    public int FreeWaiter(int waiter)
    {
        int next = _waiters[waiter].Next;
        _shares.RemoveWaiter(_waiters[waiter].Share);
        _freeWaiters.Return(waiter);
        return next;
    }

    private static int BucketOf(ulong hash) => (int)((hash >> 20) % Buckets);

    /// <summary>Buckets and links hold index + 1, so that zeroed memory is an empty table.</summary>
    private int Find(int bucket, in CacheKey key)
    {
        int question = _heads[bucket] - 1;
        while (question >= 0 && !_questions[question].IsFor(key))
        {
            question = _questions[question].NextInBucket - 1;
        }

        return question;
    }

    private JoinStatus Enter(in CacheKey key, RoutePlan route, int waiter, in QuestionStart start, out int question)
    {
        int bucket = BucketOf(key.QuestionHash);
        _gates[bucket].Enter();
        question = Find(bucket, key);
        JoinStatus status = JoinStatus.Joined;
        if (question < 0)
        {
            question = _freeQuestions.Take();
            status = question < 0 ? JoinStatus.Full : JoinStatus.Created;
            if (status == JoinStatus.Created && waiter >= 0
                && !_shares.TryAddQuestion(_waiters[waiter].Share, UpstreamLimits.MaxQuestions - _freeQuestions.Taken))
            {
                _freeQuestions.Return(question);
                status = JoinStatus.ClientFull;
            }
        }
        else if (waiter >= 0 && _questions[question].WaiterCount >= UpstreamLimits.MaxWaitersPerQuestion)
        {
            status = JoinStatus.QuestionFull;
        }

        if (status == JoinStatus.Created)
        {
            ref PendingQuestion created = ref _questions[question];
            created.SetKey(key);
            created.Route = route;
            created.FollowUp = start.FollowUp;
            created.Share = waiter >= 0 ? _waiters[waiter].Share : -1;
            created.Options = start.Options;
            created.WantsTcp = start.WantsTcp;
            created.ClientTimer = start.ClientTimer;
            created.FirstWaiter = -1;
            created.WaiterCount = 0;
            created.NextInBucket = _heads[bucket];
            _heads[bucket] = question + 1;
        }

        if (status is JoinStatus.Created or JoinStatus.Joined && waiter >= 0)
        {
            ref PendingQuestion pending = ref _questions[question];
            _waiters[waiter].Next = pending.FirstWaiter;
            pending.FirstWaiter = waiter;
            pending.WaiterCount++;
        }

        _gates[bucket].Exit();
        return status;
    }
}
