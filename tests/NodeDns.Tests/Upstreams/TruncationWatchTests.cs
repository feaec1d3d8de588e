using NodeDns.Upstreams;
using Xunit;

namespace NodeDns.Tests.Upstreams;

public sealed class TruncationWatchTests
{
    private const long Start = 1_000_000;
    private readonly TruncationWatch _watch = new();

    [Fact]
    public void OnAnswer_NothingButTruncated_IsAStormAtItsEighth()
    {
        Assert.Equal(UpstreamLimits.StormTruncated, CutUntilStorm(Start, 100));
        Assert.True(_watch.UsesTcp(Start + UpstreamLimits.StormTcpMilliseconds - 1));
        Assert.False(_watch.UsesTcp(Start + UpstreamLimits.StormTcpMilliseconds));
    }

    [Fact]
    public void OnAnswer_MostWhole_IsNoStorm()
    {
        for (int i = 0; i < 1000; i++)
        {
            Assert.False(_watch.OnAnswer(Start, isTruncated: i % 3 == 2));
        }

        Assert.False(_watch.UsesTcp(Start));
    }

    [Fact]
    public void OnAnswer_FewOverALongTime_IsNoStorm()
    {
        for (int i = 0; i < 100; i++)
        {
            Assert.False(_watch.OnAnswer(Start + (i * 1000), isTruncated: true));
        }
    }

    [Fact]
    public void OnAnswer_StormIsBackAfterTcp_TheNextWaitIsTwiceAsLong()
    {
        long now = Start;
        for (long wait = UpstreamLimits.StormTcpMilliseconds; wait <= UpstreamLimits.MaxStormTcpMilliseconds * 2; wait *= 2)
        {
            Assert.Equal(UpstreamLimits.StormTruncated, CutUntilStorm(now, 100));
            Assert.Equal(System.Math.Min(wait, UpstreamLimits.MaxStormTcpMilliseconds), _watch.WaitMilliseconds);
            now += _watch.WaitMilliseconds + 1;
        }

        now += 2 * UpstreamLimits.MaxStormTcpMilliseconds;
        CutUntilStorm(now, 100);
        Assert.Equal(UpstreamLimits.StormTcpMilliseconds, _watch.WaitMilliseconds);
    }

    private int CutUntilStorm(long now, int limit)
    {
        int cut = 1;
        while (!_watch.OnAnswer(now, isTruncated: true) && cut < limit)
        {
            cut++;
        }

        return cut;
    }
}
