using System.Net;
using System.Threading.Tasks;
using NodeDns.Cache;
using NodeDns.Linux.Sockets;
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
            // Of many clients, so that no share is reached before the table is nearly full.
            JoinStatus status = Join(table, $"n{i}.example.", out _, client: i);
            Assert.True(status == JoinStatus.Created || table.Count > UpstreamLimits.MaxQuestions - 32, $"{status} at {i}");
        }

        while (Refresh(table, $"r{table.Count}.example."))
        {
        }

        Assert.Equal(UpstreamLimits.MaxQuestions, table.Count);
        Assert.Equal(JoinStatus.Full, Join(table, "one-more.example.", out _, client: 77_777));
        Assert.Equal(JoinStatus.Joined, Join(table, "n17.example.", out _, client: 77_777));
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

    [Fact]
    public void Join_QuestionsOfOneClient_EndAtItsShareAndLeaveTheRestToOthers()
    {
        InFlightTable table = new();
        int begun = 0;
        while (Join(table, $"n{begun}.example.", out _) == JoinStatus.Created)
        {
            begun++;
        }

        Assert.Equal(UpstreamLimits.MaxQuestions / 2, begun);
        Assert.Equal(JoinStatus.ClientFull, Join(table, "more.example.", out _));
        Assert.Equal(JoinStatus.Created, Join(table, "more.example.", out _, client: 1));
        Assert.Equal(JoinStatus.Joined, Join(table, "more.example.", out _));
    }

    [Fact]
    public void Join_OneQuestionOfOneClient_TakesAHundredThousandAndNotAll()
    {
        InFlightTable table = new();
        Join(table, "a.example.", out int question);
        int waiting = 1;
        while (Join(table, "a.example.", out _) == JoinStatus.Joined)
        {
            waiting++;
        }

        Assert.InRange(waiting, 100_000, UpstreamLimits.MaxWaiters * 4 / 5);
        Assert.Equal(JoinStatus.ClientFull, Join(table, "a.example.", out _));
        Assert.Equal(JoinStatus.Joined, Join(table, "a.example.", out _, client: 1));

        for (int waiter = table.Unlink(question); waiter >= 0;)
        {
            waiter = table.FreeWaiter(waiter);
        }

        table.FreeQuestion(question);
        Assert.Equal((0, 0), (table.Count, table.Waiting));
        Assert.Equal(JoinStatus.Created, Join(table, "a.example.", out _));
    }

    [Fact]
    public void Join_OneQuestionOfManyClients_EndsAtTheQuestionsBound()
    {
        InFlightTable table = new();
        int waiting = 0;
        while (Join(table, "a.example.", out _, client: waiting) <= JoinStatus.Created)
        {
            waiting++;
        }

        Assert.Equal(UpstreamLimits.MaxWaitersPerQuestion, waiting);
        Assert.Equal(JoinStatus.QuestionFull, Join(table, "a.example.", out _, client: 5));
        Assert.Equal(JoinStatus.Created, Join(table, "b.example.", out _, client: 5));
    }

    private static bool Refresh(InFlightTable table, string name)
    {
        CacheKey key = new(CacheFixture.Name(name), RecordType.A, RecordClass.IN, 0, 0, 42);
        return table.TryStartRefresh(key, s_zone, default, out _);
    }

    private static JoinStatus Join(InFlightTable table, string name, out int question, int client = 0)
    {
        Waiter waiter = new()
        {
            Client = PeerAddress.From(new IPAddress([10, (byte)(client >> 16), (byte)(client >> 8), (byte)client]), 53),
        };
        CacheKey key = new(CacheFixture.Name(name), RecordType.A, RecordClass.IN, 0, 0, 42);
        return table.Join(key, s_zone, waiter, default, out question);
    }
}
