using System;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using NodeDns.Config;
using Xunit;

namespace NodeDns.Tests.Config;

/// <summary>The Corefiles of real users: what must load does, and says what it says.</summary>
public sealed class SampleCorefilesTests
{
    private readonly FakeMachine _machine = new();

    [Fact]
    public void Nodelocaldns_WithPillars_FourZonesWithTheirForwards()
    {
        NodeDnsConfig config = _machine.ReadConfig(FakeMachine.Sample("nodelocaldns.Corefile"));

        Assert.Equal(
            ["cluster.local.", "in-addr.arpa.", "ip6.arpa.", "."],
            config.Blocks.Select(block => Assert.Single(block.Keys).Zone));
        Assert.All(config.Blocks, block => Assert.Equal([IPAddress.Parse("169.254.20.10")], block.Bind.ToArray()));
        Assert.All(config.Blocks, block => Assert.Equal(9253, block.Prometheus!.EndPoint.Port));
        Assert.All(config.Blocks, block => Assert.True(block.Loop && block.Errors is not null && block.Reload is not null));

        ServerBlockConfig cluster = config.Blocks[0];
        Assert.Equal(new HttpEndPointConfig(IPAddress.Parse("169.254.20.10"), 8080, "169.254.20.10:8080"), cluster.Health!.EndPoint);
        Assert.Equal((9984, 30, 9984, 5), (cluster.Cache!.SuccessCapacity, cluster.Cache.SuccessMaxTtl, cluster.Cache.DenialCapacity, cluster.Cache.DenialMaxTtl));
        ForwardConfig forward = Assert.Single(cluster.Forwards);
        Assert.True(forward.ForceTcp);
        Assert.Equal(IPEndPoint.Parse("10.96.0.10:53"), Assert.Single(forward.Upstreams).EndPoint);

        ForwardConfig root = Assert.Single(config.Blocks[3].Forwards);
        Assert.False(root.ForceTcp);
        Assert.Equal(
            ["10.0.0.10:53", "10.0.0.11:53"], root.Upstreams.Select(upstream => upstream.EndPoint!.ToString()));
        Assert.All(root.Upstreams, upstream => Assert.Equal("/etc/resolv.conf", upstream.SourceFile));
    }

    [Fact]
    public void Nodelocaldns_TwoLocalAddresses_BindTakesBothAndHealthTheFirst()
    {
        CorefileContext context = _machine.Context with
        {
            LocalAddresses = [IPAddress.Parse("169.254.20.10"), IPAddress.Parse("10.96.0.20")],
        };

        CorefileResult result = CorefileReader.ReadText(FakeMachine.Sample("nodelocaldns.Corefile"), "Corefile", context);

        Assert.Empty(result.Errors);
        Assert.All(result.Config!.Blocks, block => Assert.Equal(context.LocalAddresses.ToArray(), block.Bind.ToArray()));
        Assert.Equal(context.LocalAddresses[0], result.Config.Blocks[0].Health!.EndPoint.Address);
    }

    [Fact]
    public void Nodelocaldns_NoServiceInTheEnvironment_EachUseNamesTheVariable()
    {
        _machine.Environment.Clear();

        ImmutableArray<string> errors = _machine.ReadErrors(FakeMachine.Sample("nodelocaldns.Corefile"));

        Assert.Equal(3, errors.Length);
        Assert.All(errors, error => Assert.Contains("KUBE_DNS_SERVICE_HOST is not set", error, StringComparison.Ordinal));
        Assert.StartsWith("Corefile:11:15: ", errors[0], StringComparison.Ordinal);
    }

    [Fact]
    public void HomelabLan_Loads_TemplateFallsThroughAndStaleLastsADay()
    {
        NodeDnsConfig config = _machine.ReadConfig(FakeMachine.Sample("homelab-lan.Corefile"));

        ServerBlockConfig block = Assert.Single(config.Blocks);
        Assert.Equal(new ServerKeyConfig("viktorbarzin.lan.", 53), Assert.Single(block.Keys));
        TemplateConfig template = Assert.Single(block.Templates);
        Assert.Equal([@".*\..*\.viktorbarzin\.lan\.$"], template.Matches.ToArray());
        Assert.Equal(["."], template.Fallthrough.ToArray());
        Assert.Equal(3, template.Rcode);
        Assert.Equal(
            ["{{ .Zone }} 60 IN SOA ns.{{ .Zone }} hostmaster.{{ .Zone }} 1 60 60 60 60"], template.Authorities.ToArray());
        Assert.Equal((10_000, 300, 5), (block.Cache!.SuccessCapacity, block.Cache.SuccessMaxTtl, block.Cache.SuccessMinTtl));
        Assert.Equal(new ServeStaleConfig(TimeSpan.FromDays(1)), block.Cache.ServeStale);
        ForwardConfig forward = Assert.Single(block.Forwards);
        Assert.Equal((2, TimeSpan.FromSeconds(5)), (forward.MaxFails, forward.HealthCheck.Interval));
        Assert.Empty(config.Warnings);
    }

    [Fact]
    public void HomelabRoot_Loads_AllItsDirectives()
    {
        ServerBlockConfig block = _machine.ReadBlock(FakeMachine.Sample("homelab-root.Corefile"));

        Assert.Equal(UpstreamSelection.Sequential, Assert.Single(block.Forwards).Policy);
        Assert.Equal(
            ["10.0.20.1:53", "8.8.8.8:53", "1.1.1.1:53"], block.Forwards[0].Upstreams.Select(u => u.EndPoint!.ToString()));
        Assert.Equal((300, 6, 300, 60), (block.Cache!.SuccessMaxTtl, block.Cache.SuccessMinTtl, block.Cache.DenialMaxTtl, block.Cache.DenialMinTtl));
        Assert.Equal((8080, 8181, 9153), (block.Health!.EndPoint.Port, block.Ready!.EndPoint.Port, block.Prometheus!.EndPoint.Port));
        Assert.NotNull(block.LoadBalance);
        Assert.Equal(new ReloadConfig(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(15)), block.Reload);
        Assert.Equal(
            ["errors", "health", "ready", "prometheus", "forward", "cache", "loop", "reload", "loadbalance"],
            block.Directives.ToArray());
    }

    [Fact]
    public void HomelabLanBroken_TwoDurations_RefusedWithPlaceAndWhatWasMeant()
    {
        ImmutableArray<string> errors = _machine.ReadErrors(FakeMachine.Sample("homelab-lan-broken.Corefile"));

        Assert.Equal(
            "Corefile:7:27: cache: serve_stale takes one duration; did you mean \"serve_stale 86400s\"?",
            Assert.Single(errors));
    }
}
