using System;
using System.Net;
using NodeDns.Config;
using Xunit;

namespace NodeDns.Tests.Config;

public sealed class BlockChecksTests
{
    private readonly FakeMachine _machine = new();

    [Theory]
    [InlineData("a {\nwhoami\n}\na {\nwhoami\n}", "4:1: cannot serve a.:53 - it is already defined (the other block is at Corefile:1:1)")]
    [InlineData("a b {\nwhoami\n}\nc b {\nwhoami\n}", "4:1: cannot serve b.:53 - it is already defined (the other block is at Corefile:1:1)")]
    [InlineData("A.example {\nwhoami\n}\na.example.:53 {\nwhoami\n}",
        "4:1: cannot serve a.example.:53 - it is already defined (the other block is at Corefile:1:1)")]
    [InlineData("a {\nbind 10.0.0.1 10.0.0.2\n}\na {\nbind 10.0.0.2\n}",
        "4:1: cannot serve a.:53 - it is already defined on 10.0.0.2 (the other block is at Corefile:1:1)")]
    [InlineData("a {\nbind 10.0.0.1\n}\na {\nwhoami\n}",
        "4:1: cannot serve a.:53 - one of the two blocks listens on all addresses and so on those of the other too; "
        + "bind both (the other block is at Corefile:1:1)")]
    [InlineData("a {\nwhoami\n}\na {\nbind 10.0.0.1\n}",
        "4:1: cannot serve a.:53 - one of the two blocks listens on all addresses and so on those of the other too; "
        + "bind both (the other block is at Corefile:1:1)")]
    public void SameZoneTwice_Refused(string text, string error) =>
        Assert.Equal("Corefile:" + error, Assert.Single(_machine.ReadErrors(text)));

    [Theory]
    [InlineData("a {\nwhoami\n}\na:54 {\nwhoami\n}")]
    [InlineData("a {\nwhoami\n}\nb {\nwhoami\n}")]
    [InlineData("a {\nbind 10.0.0.1\n}\na {\nbind 10.0.0.2\n}")]
    [InlineData("a {\nbind 10.0.0.1\n}\nb {\nwhoami\n}")]
    public void DifferentZonePortOrAddress_Allowed(string text) => Assert.Equal(2, _machine.ReadConfig(text).Blocks.Length);

    [Fact]
    public void SameZoneAThousandTimes_OneErrorEach()
    {
        string text = string.Concat(System.Linq.Enumerable.Repeat("a {\nwhoami\n}\n", 100));

        Assert.Equal(99, _machine.ReadErrors(text).Length);
    }

    [Theory]
    [InlineData(". {\nforward . 127.0.0.1\n}", "127.0.0.1:53")]
    [InlineData(". {\nforward . ::1\n}", "[::1]:53")]
    [InlineData(". {\nforward . 0.0.0.0\n}", "0.0.0.0:53")]
    [InlineData(".:5300 {\nforward . 10.0.0.1 127.0.0.1:5300\n}", "127.0.0.1:5300")]
    [InlineData(". {\nbind 10.0.0.1\nforward . 10.0.0.1\n}", "10.0.0.1:53")]
    [InlineData(". {\nforward . 169.254.20.10\n}", "169.254.20.10:53")]
    public void ForwardToItself_Refused(string text, string address)
    {
        string error = Assert.Single(_machine.ReadErrors(text));

        Assert.Contains($"forward: {address} is an address this block itself listens on", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".:5300 {\nforward . 127.0.0.1\n}")]
    [InlineData(". {\nforward . 127.0.0.53\n}")]
    [InlineData(". {\nforward . tls://127.0.0.1:53\n}")]
    [InlineData(". {\nbind 10.0.0.1\nforward . 127.0.0.1\n}")]
    public void ForwardElsewhere_Allowed(string text) => _machine.ReadBlock(text);

    [Fact]
    public void ResolvConfThatNamesThisServerToo_WarnedOfAndTheRestIsUsed()
    {
        _machine.Files["/self"] = "nameserver 127.0.0.1\nnameserver 10.0.0.1\n";

        string warning = Assert.Single(_machine.ReadConfig(". {\nforward . /self\n}").Warnings);

        Assert.Contains("/self names 127.0.0.1:53, which is this server itself", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void ResolvConfThatNamesNobodyElse_Refused()
    {
        _machine.Files["/self"] = "nameserver 127.0.0.1\nnameserver 169.254.20.10\n";

        string error = Assert.Single(_machine.ReadErrors(". {\nforward . /self\n}"));

        Assert.Contains("all its upstreams are this server itself", error, StringComparison.Ordinal);
    }

    [Fact]
    public void BlockThatForwardsToAnotherBlock_Allowed()
    {
        _machine.ReadConfig(".:53 {\nforward . 127.0.0.1:5301\n}\n.:5301 {\nforward . tls://9.9.9.9\n}\n");
    }

    [Fact]
    public void BlocksThatForwardInACircle_EachRefused()
    {
        string text = ".:53 {\nforward . 127.0.0.1:5301\n}\n.:5301 {\nforward . 127.0.0.1:5302\n}\n"
            + ".:5302 {\nforward . 10.0.0.1 127.0.0.1\n}\n";

        Assert.All(
            _machine.ReadErrors(text),
            error => Assert.Contains("questions would go round for ever", error, StringComparison.Ordinal));
    }

    [Fact]
    public void HeadlessUpstreamService_RefusedWithTheWayOut()
    {
        _machine.Environment["KUBE_DNS_SERVICE_HOST"] = "None";

        string error = Assert.Single(_machine.ReadErrors(". {\nforward . __PILLAR__CLUSTER__DNS__\n}"));

        Assert.Contains("KUBE_DNS_SERVICE_HOST is None: a headless Service has no address", error, StringComparison.Ordinal);
    }

    [Fact]
    public void ForwardToTheClusterAddressThatIsAlsoLocal_Refused()
    {
        CorefileContext context = _machine.Context with { LocalAddresses = [IPAddress.Parse("10.96.0.10")] };

        CorefileResult result = CorefileReader.ReadText(". {\nforward . __PILLAR__CLUSTER__DNS__\n}", "Corefile", context);

        Assert.Contains("this block itself listens on", Assert.Single(result.Errors).Message, StringComparison.Ordinal);
    }
}
