using System.Threading;

namespace NodeDns.Cache;

/// <summary>A lock for the few hundred nanoseconds of a store or a miss; never taken on a hit.</summary>
/// <remarks>
/// A spin gate instead of a monitor: the holder never blocks or waits, so a waiter gains nothing from sleeping, and
/// there is no object to inflate. After a short spin the waiter yields, so that a preempted holder gets the core.
/// </remarks>
internal struct SpinGate
{
    private int _taken;

    public void Enter()
    {
        if (Interlocked.CompareExchange(ref _taken, 1, 0) != 0)
        {
            Wait();
        }
    }

    // ORDERING: the release store publishes everything written inside.
    public void Exit() => Volatile.Write(ref _taken, 0);

    private void Wait()
    {
        SpinWait spin = default;
        do
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }
        while (Volatile.Read(ref _taken) != 0 || Interlocked.CompareExchange(ref _taken, 1, 0) != 0);
    }
}
