using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Node;

/// <summary>What pods see of a node with NodeDns on it, and what the node looks like.</summary>
[Collection(AloneCollection.Name)]
public sealed class NodeResolutionTests
{
    private static readonly string[] s_addresses = [NodeBox.LinkLocal, NodeBox.ClusterAddress, NodeBox.ClusterAddress6];

    [BoxTheory]
    [InlineData(KubeProxy.Iptables, "nft")]
    [InlineData(KubeProxy.Nftables, "nft")]
    [InlineData(KubeProxy.Iptables, "iptables")]
    [InlineData(KubeProxy.Nftables, "iptables")]
    public async Task Pods_AskAllAddresses_AreAnsweredByTheNodePastConntrack(KubeProxy proxy, string interception)
    {
        await using NodeBox box = await NodeBox.CreateAsync(proxy);
        Assert.Equal(NodeBox.KubeDnsSays, await NodeBox.AskAsync(box.Pod, NodeBox.ClusterAddress));
        await box.StartAsync(["-interception", interception]);

        // Of the question above, and of those that waited for the server before it intercepted.
        await box.OnNodeAsync("sh -c 'conntrack -F; conntrack -F -f ipv6'");

        // The client's sockets are connected, so an answer from any other address than the one asked would not arrive.
        foreach (string pod in new[] { box.Pod, box.OtherPod, box.Node })
        {
            foreach (string address in s_addresses)
            {
                Assert.Equal(NodeBox.NodeSays, await NodeBox.AskAsync(pod, address));
                Assert.Equal(NodeBox.NodeSays, await NodeBox.AskAsync(pod, address, tcp: true));
            }
        }

        Assert.Equal("192.0.2.1", (await NodeBox.Client(box.Pod, NodeBox.ClusterAddress).UdpAsync("miss.box.")).Answers[0].Address);
        string entries = await box.OnNodeAsync("sh -c 'conntrack -L; conntrack -L -f ipv6'");
        Assert.DoesNotContain(
            entries.Split('\n'), line => s_addresses.Any(address => line.Contains($"dst={address} ", StringComparison.Ordinal)));
        string dig = (await NodeBox.ShAsync($"ip netns exec {box.Pod} dig +time=3 +tries=1 @{NodeBox.ClusterAddress} who.box.")).Output;
        Assert.Contains($"SERVER: {NodeBox.ClusterAddress}#53", dig, StringComparison.Ordinal);
    }

    [BoxFact]
    public async Task Status_OfARunningServer_ShowsDeviceAndTable()
    {
        await using NodeBox box = await NodeBox.CreateAsync();
        NodeDnsProcess server = await box.StartAsync();

        await NodeBox.AskAsync(box.Pod, NodeBox.ClusterAddress, tcp: true);

        CommandResult status = await NodeDnsProcess.RunAsync("net", "status", "-control-socket", server.ControlSocket);

        Assert.Equal(0, status.ExitCode);
        Assert.Contains($"  {NodeBox.ClusterAddress} on nodelocaldns (tun)\n", status.Output, StringComparison.Ordinal);
        Assert.Contains($"table inet nodedns-{server.Id}-", status.Output, StringComparison.Ordinal);
        Assert.Contains("flags owner", status.Output, StringComparison.Ordinal);
        Assert.Contains("set streams4 {", status.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("elements", status.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("MISSING", status.Output, StringComparison.Ordinal);

        CommandResult ready = await NodeDnsProcess.RunAsync("net", "ready", "-control-socket", server.ControlSocket);
        Assert.Equal((0, "ready\n"), (ready.ExitCode, ready.Output));
        CommandResult nobody = await NodeDnsProcess.RunAsync("net", "ready", "-control-socket", server.ControlSocket + "x");
        Assert.Equal(1, nobody.ExitCode);
    }

    [BoxFact]
    public async Task Remove_WhileServing_GivesTheClusterAddressBackUntilApply()
    {
        await using NodeBox box = await NodeBox.CreateAsync();
        NodeDnsProcess server = await box.StartAsync();

        await NodeDnsProcess.RunAsync("net", "remove", "-control-socket", server.ControlSocket);
        Assert.Equal(NodeBox.KubeDnsSays, await NodeBox.AskAsync(box.Pod, NodeBox.ClusterAddress));
        Assert.Equal(NodeBox.NodeSays, await NodeBox.AskAsync(box.Pod, NodeBox.LinkLocal));

        await NodeDnsProcess.RunAsync("net", "apply", "-control-socket", server.ControlSocket);
        Assert.Equal(NodeBox.NodeSays, await NodeBox.AskAsync(box.OtherPod, NodeBox.ClusterAddress));
    }

    [BoxFact]
    public async Task Filter_ThatDropsByDefault_LetsDnsThrough()
    {
        await using NodeBox box = await NodeBox.CreateAsync();
        await box.OnNodeAsync("sh -c 'iptables -P INPUT DROP; iptables -A INPUT -i lo -j ACCEPT; iptables -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'");

        NodeDnsProcess server = await box.StartAsync();
        Assert.Equal(NodeBox.NodeSays, await NodeBox.AskAsync(box.Pod, NodeBox.ClusterAddress));
        Assert.Equal(8, (await box.OnNodeAsync("iptables -S")).Split('\n').Count(line => line.Contains("allow DNS traffic")));

        await server.SignalAsync("TERM");
        Assert.Equal(0, await server.WaitForExitAsync());
        Assert.Equal("", await box.LeftoversAsync());
    }

    [BoxFact]
    public async Task StubDomains_OfTheKubeDnsConfigMap_HaveTheirOwnServers()
    {
        await using NodeBox box = await NodeBox.CreateAsync();
        await File.WriteAllTextAsync(
            Path.Combine(box.Folder, "stubDomains"), """{"corp.example": ["10.244.3.2"]}""");
        box.KubeDns.On("host.corp.example.", RrType.A, query => query.Address("192.0.2.77"));

        NodeDnsProcess server = await box.StartAsync();

        Assert.Equal(
            "192.0.2.77", (await NodeBox.Client(box.Pod, NodeBox.LinkLocal).UdpAsync("host.corp.example.")).Answers[0].Address);
        Assert.Contains("serving corp.example.:53", server.Output, StringComparison.Ordinal);
    }
}
