using System.Threading.Tasks;
using NodeDns.Cache;
using NodeDns.Pipeline;
using NodeDns.Tests.Cache;
using NodeDns.Upstreams;
using NodeDns.Wire;
using Xunit;

namespace NodeDns.Tests.Upstreams;

public sealed class InFlightTableTests
{
    private static readonly ZonePlan s_zone = new() { Name = [0], Text = ".", Space = 0 };

    [Fact]
    public void Join_SameQuestion_MakesOneQuestionWithAllWaiters()
    {
        InFlightTable table = new();
        Assert.Equal(JoinStatus.Created, Join(table, "a.example.", out int first));
        Assert.Equal(JoinStatus.Joined, Join(table, "a.example.", out int second));
        Assert.Equal(first, second);
        Assert.Equal(JoinStatus.Created, Join(table, "b.example.", out _));

        int waiter = table.Unlink(first);
        int waiters = 0;
        while (waiter >= 0)
        {
            waiters++;
            waiter = table.FreeWaiter(waiter);
        }

        table.FreeQuestion(first);
        Assert.Equal(2, waiters);
        Assert.Equal(1, table.Count);
        Assert.Equal(1, table.Waiting);
    }

    [Fact]
    public void Join_AfterUnlink_MakesANewQuestion()
    {
        InFlightTable table = new();
        Join(table, "a.example.", out int first);
        table.Unlink(first);

        Assert.Equal(JoinStatus.Created, Join(table, "a.example.", out int second));
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Join_MoreQuestionsThanTheTableHolds_IsFull()
    {
        InFlightTable table = new();
        for (int i = 0; i < UpstreamLimits.MaxQuestions; i++)
        {
            Assert.Equal(JoinStatus.Created, Join(table, $"n{i}.example.", out _));
        }

        Assert.Equal(JoinStatus.Full, Join(table, "one-more.example.", out _));
        Assert.Equal(JoinStatus.Joined, Join(table, "n17.example.", out _));
        Assert.Equal(UpstreamLimits.MaxQuestions + 1, table.Waiting);
    }

    [Fact]
    [Trait("Kind", "Soak")]
    public async Task Join_FromManyThreads_LosesNobody()
    {
        InFlightTable table = new();
        int answered = 0;
        Task[] tasks = new Task[4];
        for (int t = 0; t < tasks.Length; t++)
        {
            tasks[t] = Task.Run(() =>
            {
                for (int i = 0; i < 50_000; i++)
                {
                    if (Join(table, $"n{i % 50}.example.", out int question) != JoinStatus.Created)
                    {
                        continue;
                    }

                    int waiter = table.Unlink(question);
                    while (waiter >= 0)
                    {
                        System.Threading.Interlocked.Increment(ref answered);
                        waiter = table.FreeWaiter(waiter);
                    }

                    table.FreeQuestion(question);
                }
            });
        }

        await Task.WhenAll(tasks);
        Assert.Equal(200_000, answered);
        Assert.Equal(0, table.Count);
        Assert.Equal(0, table.Waiting);
    }

    private static JoinStatus Join(InFlightTable table, string name, out int question)
    {
        CacheKey key = new(CacheFixture.Name(name), RecordType.A, RecordClass.IN, 0, 0, 42);
        return table.Join(key, s_zone, new Waiter(), default, out question);
    }
}
