using System.Linq;
using System.Net;
using NodeDns.Linux.Netfilter;
using NodeDns.Linux.Sockets;
using NodeDns.Linux.Tests.Netlink;
using Xunit;

namespace NodeDns.Linux.Tests.Netfilter;

/// <summary>libnftables and the kernel: what `flags owner` promises.</summary>
public sealed class NftablesContextTests
{
    private static readonly NotrackTable s_table = new(
        "nodedns-1", new NotrackScope([IPAddress.Parse("169.254.20.10"), IPAddress.Parse("fd00::10")], 53, 8080));

    [NftablesFact]
    public void Definition_OfBothFamilies_StandsAsOneTable() => NetworkNamespace.Run(() =>
    {
        using NftablesContext owner = Open();

        Assert.True(owner.TryRun(s_table.Definition(), out _, out string error), error);

        string listing = List();
        Assert.Contains("flags owner", listing);
        Assert.Contains("ip daddr 169.254.20.10 udp dport 53", listing);
        Assert.Contains("ip6 saddr fd00::10", listing);
        Assert.Equal(18, listing.Split('\n').Count(line => line.Contains("notrack") || line.Contains("update @")));
    });

    [NftablesFact]
    public void Draining_Table_KeepsRepliesAndOpenConnections() => NetworkNamespace.Run(() =>
    {
        using NftablesContext owner = Open();
        Assert.True(owner.TryRun(s_table.Definition(), out _, out _));

        Assert.True(owner.TryRun(s_table.Draining(), out _, out string error), error);

        string listing = List();
        Assert.DoesNotContain("udp dport", listing);
        Assert.Contains("ip saddr . tcp sport @streams4 notrack", listing);
        Assert.Contains("th sport 53", listing);
    });

    [NftablesFact]
    public void Table_OfAnotherContext_CannotBeChangedOrFlushed() => NetworkNamespace.Run(() =>
    {
        using NftablesContext owner = Open();
        Assert.True(owner.TryRun(s_table.Definition(), out _, out _));
        using NftablesContext other = Open();

        Assert.False(other.TryRun("delete table inet nodedns-1", out _, out string error));
        Assert.Contains("not permitted", error);
        Assert.True(other.TryRun("flush ruleset", out _, out _));

        Assert.Contains("udp dport 53", List());
    });

    [NftablesFact]
    public void Dispose_OfTheOwner_RemovesTheTable() => NetworkNamespace.Run(() =>
    {
        NftablesContext? owner = NftablesContext.TryOpenOwner(out _);
        int high = OwnSockets.List().Values.Max();
        Assert.True(owner!.TryRun(s_table.Definition(), out _, out _));
        Assert.Contains("nodedns-1", List());

        owner.Dispose();

        // Held by a second number, which has to go as well.
        Assert.InRange(high, 900, int.MaxValue);
        Assert.DoesNotContain(OwnSockets.List().Values, one => one == high);

        Assert.DoesNotContain("nodedns-1", List());
    });

    [NftablesFact]
    public void TwoTables_OfTwoProcesses_StandSideBySide() => NetworkNamespace.Run(() =>
    {
        using NftablesContext one = Open();
        using NftablesContext two = Open();

        Assert.True(one.TryRun(s_table.Definition(), out _, out _));
        Assert.True(two.TryRun((s_table with { Name = "nodedns-2" }).Definition(), out _, out _));

        Assert.Contains("table inet nodedns-1", List());
        Assert.Contains("table inet nodedns-2", List());
    });

    [NftablesFact]
    public void TryRun_NoSuchTable_SaysWhatTheKernelSays() => NetworkNamespace.Run(() =>
    {
        using NftablesContext context = Open();

        Assert.False(context.TryRun("list table inet nodedns-9", out _, out string error));

        Assert.Equal("No such file or directory", error);
    });

    private static NftablesContext Open()
    {
        NftablesContext? context = NftablesContext.TryOpen(out string error);
        Assert.True(context is not null, error);
        return context;
    }

    private static string List()
    {
        using NftablesContext context = Open();
        Assert.True(context.TryRun("list ruleset", out string listing, out string error), error);
        return listing;
    }
}

/// <summary>A test that needs root and libnftables.</summary>
internal sealed class NftablesFactAttribute : FactAttribute
{
    public NftablesFactAttribute()
    {
        NftablesContext? context = NftablesContext.TryOpen(out string error);
        context?.Dispose();
        if (!NetworkNamespace.IsAllowed)
        {
            Skip = "no network namespaces here (they need root)";
        }
        else if (context is null)
        {
            Skip = error;
        }
    }
}
