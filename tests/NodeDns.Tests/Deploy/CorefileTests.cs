using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using NodeDns.Cli;
using NodeDns.Config;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.Tests.Deploy;

/// <summary>The Corefile of each ConfigMap, read by the built program with the flags of its pod.</summary>
public sealed class CorefileTests
{
    private static readonly string[] s_overlays = ["cilium", "homelab"];

    public static TheoryData<string> Overlays => [.. s_overlays];

    [Fact]
    public async Task Corefile_OfThePlainManifests_IsGood()
    {
        Manifests manifests = Manifests.Plain();

        CommandResult result = await CheckAsync(manifests.Corefile, manifests.Arguments);

        Assert.True(result.ExitCode == 0, result.All);
        Assert.Empty(result.Errors);
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Corefile_OfEachOverlay_IsGood(string overlay)
    {
        string[] arguments = overlay == "cilium" ? ["-upstreamsvc", "kube-dns-upstream"] : Manifests.Plain().Arguments;

        CommandResult result = await CheckAsync(OverlayText(overlay), arguments);

        Assert.True(result.ExitCode == 0, result.All);
        Assert.Empty(result.Errors);
    }

    [KubectlTheory]
    [InlineData("kubernetes")]
    [InlineData("kustomize/base")]
    [InlineData("kustomize/overlays/cilium")]
    [InlineData("kustomize/overlays/dual-stack")]
    [InlineData("kustomize/overlays/homelab")]
    [InlineData("kustomize/overlays/ipvs")]
    public async Task Corefile_OfEachRenderedConfigMap_IsGood(string folder)
    {
        Manifests manifests = await Manifests.RenderAsync(folder);

        CommandResult result = await CheckAsync(manifests.Corefile, manifests.Arguments);

        Assert.True(result.ExitCode == 0, result.All);
    }

    [Fact]
    public void Overlays_WithACorefile_AreAllTested()
    {
        IEnumerable<string> folders = Directory.GetFiles(Path.Combine(RepositoryRoot.Path, "deploy"), "Corefile", SearchOption.AllDirectories)
            .Select(file => Path.GetFileName(Path.GetDirectoryName(file)!));

        Assert.Equal(s_overlays, folders.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Corefile_WithAMistake_IsRefused()
    {
        Manifests manifests = Manifests.Plain();

        CommandResult result = await CheckAsync(
            manifests.Corefile.Replace("serve_stale 1h", "serve_stale 3600s 86400s", StringComparison.Ordinal), manifests.Arguments);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("serve_stale", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Homelab_InternalZones_GoToTechnitiumOnly()
    {
        ImmutableArray<ServerBlockConfig> blocks = Homelab();
        string[] zones =
        [
            "viktorbarzin.lan.", "10.0.10.in-addr.arpa.", "20.0.10.in-addr.arpa.", "1.168.192.in-addr.arpa.", "2.3.10.in-addr.arpa.",
            "0.168.192.in-addr.arpa.",
        ];

        Assert.All(zones, zone => Assert.Equal("10.96.0.53", UpstreamOf(blocks, zone)));
        Assert.All(new[] { "cluster.local.", "." }, zone => Assert.Equal("10.96.33.7", UpstreamOf(blocks, zone)));
    }

    [Fact]
    public void Homelab_EveryZone_ServesStaleForADay() =>
        Assert.All(Homelab(), block => Assert.Equal(TimeSpan.FromHours(24), block.Cache?.ServeStale?.Duration));

    [Fact]
    public void Homelab_Filters_AreWhereTheyBelong()
    {
        ImmutableArray<ServerBlockConfig> blocks = Homelab();

        Assert.NotEmpty(Block(blocks, "viktorbarzin.lan.").NdotsFilters);
        Assert.NotEmpty(Block(blocks, "cluster.local.").NdotsFilters);
        Assert.Equal("emrsn.org.", Block(blocks, ".").Denies.Single().Names.Single());
    }

    private static string OverlayText(string overlay) =>
        File.ReadAllText(Path.Combine(RepositoryRoot.Path, "deploy/kustomize/overlays", overlay, "Corefile"));

    private static ServerBlockConfig Block(ImmutableArray<ServerBlockConfig> blocks, string zone) =>
        blocks.Single(block => block.Keys.Any(key => key.Zone == zone));

    private static string UpstreamOf(ImmutableArray<ServerBlockConfig> blocks, string zone) =>
        Block(blocks, zone).Forwards.Single().Upstreams.Single().EndPoint!.Address.ToString();

    private static ImmutableArray<ServerBlockConfig> Homelab()
    {
        CorefileContext context = CommandLine.Parse(Manifests.Plain().Arguments).Options.ToCorefileContext();
        CorefileResult result = CorefileReader.ReadText(
            OverlayText("homelab"), "homelab", context with { Environment = _ => "10.96.33.7" });
        Assert.Empty(result.Errors);
        return result.Config!.Blocks;
    }

    private static async Task<CommandResult> CheckAsync(string corefile, string[] arguments)
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, corefile);
            return await CommandResult.RunAsync(Path.Combine(AppContext.BaseDirectory, "nodedns"), ["check-config", file, .. arguments], change: start =>
            {
                start.Environment["DOTNET_ROOT"] = RepositoryRoot.DotnetRoot;
                start.Environment["KUBE_DNS_UPSTREAM_SERVICE_HOST"] = "10.96.33.7";
            });
        }
        finally
        {
            File.Delete(file);
        }
    }
}
