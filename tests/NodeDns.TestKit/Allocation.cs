using System;

namespace NodeDns.TestKit;

/// <summary>What code allocates on the thread that runs it.</summary>
public static class Allocation
{
    private const int Rounds = 5;

    /// <summary>
    /// What a round allocates at least. The runtime itself allocates now and then on a thread whose methods it recompiles, and
    /// a collection ends the thread's piece of the heap early; what the code allocates shows in every round.
    /// </summary>
    public static long Least(Action round)
    {
        long least = long.MaxValue;
        for (int i = 0; i < Rounds && least > 0; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            round();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
