using System;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using NodeDns.Cli;
using Xunit;

namespace NodeDns.Tests.Deploy;

/// <summary>deploy/kustomize as kubectl renders it: all rules for every overlay, and what each is there for.</summary>
public sealed class KustomizeTests
{
    [KubectlTheory]
    [InlineData("kubernetes")]
    [InlineData("kustomize/base")]
    [InlineData("kustomize/overlays/cilium")]
    [InlineData("kustomize/overlays/dual-stack")]
    [InlineData("kustomize/overlays/homelab")]
    [InlineData("kustomize/overlays/ipvs")]
    public async Task Rendered_EachFolder_KeepsToAllRules(string folder) =>
        Assert.Empty(ManifestRules.Problems(await Manifests.RenderAsync(folder)));

    [KubectlTheory]
    [InlineData("kubernetes")]
    [InlineData("kustomize/base")]
    public async Task Rendered_WithoutOverlay_IsThePlainFile(string folder)
    {
        Manifests rendered = await Manifests.RenderAsync(folder);
        Manifests plain = Manifests.Plain();

        Assert.Equal(plain.Names, rendered.Names);
        Assert.All(plain.Names, name => Assert.True(JsonNode.DeepEquals(plain.Object(name), rendered.Object(name)), name));
    }

    [KubectlTheory]
    [InlineData("homelab", "169.254.20.10,10.96.0.10")]
    [InlineData("ipvs", "169.254.20.10")]
    [InlineData("dual-stack", "169.254.20.10,10.96.0.10,fd00:169:254::20:10,fd00:10:96::a")]
    [InlineData("cilium", "")]
    public async Task Addresses_OfEachOverlay_AreTheOnesItIsFor(string overlay, string addresses)
    {
        Manifests rendered = await Manifests.RenderAsync($"kustomize/overlays/{overlay}");

        Assert.Equal(addresses, string.Join(',', CommandLine.Parse(rendered.Arguments).Options.LocalAddresses));
    }

    [KubectlTheory]
    [InlineData("Service/kube-dns-upstream")]
    [InlineData("Service/node-local-dns")]
    public async Task DualStack_Services_HaveBothFamilies(string service)
    {
        Manifests rendered = await Manifests.RenderAsync("kustomize/overlays/dual-stack");

        Assert.Equal("PreferDualStack", (string?)rendered.Object(service)["spec"]!["ipFamilyPolicy"]);
    }

    [KubectlTheory]
    [InlineData("dns", "UDP")]
    [InlineData("dns-tcp", "TCP")]
    public async Task Cilium_RedirectsKubeDnsToPortsThatThePodHas(string name, string protocol)
    {
        Manifests rendered = await Manifests.RenderAsync("kustomize/overlays/cilium");
        JsonNode policy = rendered.Object("CiliumLocalRedirectPolicy/node-local-dns")["spec"]!;
        JsonNode to = policy["redirectBackend"]!["toPorts"]!.AsArray().Single(port => (string)port!["name"]! == name)!;
        JsonNode port = rendered.Container["ports"]!.AsArray().Single(port => (string)port!["name"]! == name)!;

        Assert.False(rendered.IsOnTheHostNetwork);
        Assert.Equal("kube-dns", (string?)policy["redirectFrontend"]!["serviceMatcher"]!["serviceName"]);
        Assert.Equal("node-local-dns", (string?)policy["redirectBackend"]!["localEndpointSelector"]!["matchLabels"]!["k8s-app"]);
        Assert.Equal($"{port["containerPort"]} {protocol}", $"{to["port"]} {to["protocol"]}");
        Assert.Equal(protocol, (string?)port["protocol"]);
    }

    [KubectlTheory]
    [InlineData("-interface-mode")]
    [InlineData("-interception")]
    public async Task Cilium_SetsNothingUpOnTheNode(string flag)
    {
        Manifests rendered = await Manifests.RenderAsync("kustomize/overlays/cilium");

        Assert.Equal("none", rendered.Arguments[Array.IndexOf(rendered.Arguments, flag) + 1]);
    }
}
