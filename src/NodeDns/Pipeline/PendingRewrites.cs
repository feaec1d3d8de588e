using System.Collections.Concurrent;
using System.Threading;

namespace NodeDns.Pipeline;

/// <summary>Rewritten questions whose clients wait for an upstream, by the number their waiter carries.</summary>
/// <remarks>
/// Waiters hold no references so that the collector need not walk them; the few that were rewritten keep theirs here.
/// Bounded by the table of waiters: one entry each at most, taken out with the reply.
/// </remarks>
internal sealed class PendingRewrites
{
    private readonly ConcurrentDictionary<int, PendingRewrite> _byNumber = new();
    private int _last;

    public int Count => _byNumber.Count;

    public int Add(PendingRewrite rewrite)
    {
        int number;
        do
        {
            number = Interlocked.Increment(ref _last);
        }
        while (number == 0 || !_byNumber.TryAdd(number, rewrite));

        return number;
    }

    public PendingRewrite? Take(int number) =>
        number != 0 && _byNumber.TryRemove(number, out PendingRewrite? rewrite) ? rewrite : null;
}
