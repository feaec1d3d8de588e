using System.Collections.Generic;
using System.Linq;
using System.Threading;
using NodeDns.Logging;
using Xunit;

namespace NodeDns.Tests.Logging;

public sealed class LogRingTests
{
    [Fact]
    public void TryEnqueue_FullRing_FailsUntilOneIsTakenOut()
    {
        LogRing<int> ring = new(4);
        Assert.All(Enumerable.Range(0, 4), i => Assert.True(ring.TryEnqueue(i)));
        Assert.False(ring.TryEnqueue(99));

        Assert.True(ring.TryDequeue(out int first));
        Assert.Equal(0, first);
        Assert.True(ring.TryEnqueue(4));
        Assert.False(ring.TryEnqueue(99));
    }

    [Fact]
    public void TryDequeue_EmptyRing_Fails()
    {
        LogRing<string> ring = new(2);
        Assert.True(ring.IsEmpty);
        Assert.False(ring.TryDequeue(out _));
        ring.TryEnqueue("a");
        Assert.False(ring.IsEmpty);
    }

    [Fact]
    public void Enqueue_SeveralProducers_NothingLostNothingTwiceOrderKeptPerProducer()
    {
        const int Producers = 3;
        const int Each = 20_000;
        LogRing<(int Producer, int Number)> ring = new(64);
        Thread[] threads = [.. Enumerable.Range(0, Producers).Select(producer => new Thread(() =>
        {
            SpinWait spin = default;
            for (int i = 0; i < Each; i++)
            {
                while (!ring.TryEnqueue((producer, i)))
                {
                    spin.SpinOnce();
                }
            }
        }))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        Dictionary<int, int> next = Enumerable.Range(0, Producers).ToDictionary(p => p, _ => 0);
        SpinWait wait = default;
        for (int taken = 0; taken < Producers * Each;)
        {
            if (ring.TryDequeue(out (int Producer, int Number) item))
            {
                Assert.Equal(next[item.Producer], item.Number);
                next[item.Producer]++;
                taken++;
            }
            else
            {
                wait.SpinOnce();
            }
        }

        Assert.False(ring.TryDequeue(out _));
        Assert.Equal(Producers * Each, ring.Enqueued);
    }
}
