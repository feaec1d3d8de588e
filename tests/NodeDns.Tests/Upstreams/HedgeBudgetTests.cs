using NodeDns.Upstreams;
using Xunit;

namespace NodeDns.Tests.Upstreams;

public sealed class HedgeBudgetTests
{
    [Fact]
    public void TryTake_InSteadyState_AllowsOneInTwenty()
    {
        HedgeBudget budget = default;
        while (budget.TryTake())
        {
        }

        int hedges = 0;
        for (int i = 0; i < 10_000; i++)
        {
            budget.OnQuery();
            hedges += budget.TryTake() ? 1 : 0;
        }

        Assert.Equal(10_000 / UpstreamLimits.QueriesPerHedge, hedges);
    }

    [Fact]
    public void TryTake_AfterQuietTimes_AllowsTheStoreAndNoMore()
    {
        HedgeBudget budget = default;
        for (int i = 0; i < 100_000; i++)
        {
            budget.OnQuery();
        }

        int hedges = 0;
        while (budget.TryTake())
        {
            hedges++;
        }

        Assert.Equal(UpstreamLimits.HedgeStore, hedges);
    }
}
