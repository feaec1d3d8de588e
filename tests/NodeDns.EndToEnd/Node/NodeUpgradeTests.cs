using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;
using Xunit.Abstractions;

namespace NodeDns.EndToEnd.Node;

/// <summary>Two generations side by side: the new one starts while the old one serves, and nobody notices.</summary>
[Collection(AloneCollection.Name)]
public sealed class NodeUpgradeTests(ITestOutputHelper output)
{
    /// <summary>New TCP connections each second, beside the datagrams.</summary>
    private const int StreamRate = 400;

    /// <summary>NODEDNS_BOX_UPGRADES=100 NODEDNS_BOX_RATE=20000 for the long run.</summary>
    [BoxTheory]
    [InlineData("nft")]
    [InlineData("iptables")]
    public async Task Upgrade_UnderLoad_LosesNothing(string interception)
    {
        int rounds = BoxSettings.Number("NODEDNS_BOX_UPGRADES", 3);
        int rate = BoxSettings.Number("NODEDNS_BOX_RATE", 5000);
        await using NodeBox box = await NodeBox.CreateAsync();
        NodeDnsProcess old = await box.StartAsync(["-interception", interception]);
        int sent = 0;
        int streams = 0;
        List<string> lost = [];
        for (int round = 0; round < rounds; round++)
        {
            using PodLoad cluster = new(box.Pod, NodeBox.ClusterAddress, rate / 2);
            using PodLoad linkLocal = new(box.OtherPod, NodeBox.LinkLocal, rate / 2);
            using PodStreams tcp = new(box.OtherPod, NodeBox.ClusterAddress, StreamRate);
            await Task.Delay(100);
            NodeDnsProcess next = await box.StartAsync(["-interception", interception]);
            TimeSpan told = cluster.Now;
            TimeSpan toldTcp = tcp.Now;
            await old.SignalAsync("TERM");
            Assert.Equal(0, await old.WaitForExitAsync());
            await Task.Delay(100);
            foreach (PodLoad load in new[] { cluster, linkLocal })
            {
                lost.AddRange(load.Finish().Select(when => $"round {round}: {(when - told).TotalMilliseconds:0.0} ms after SIGTERM"));
                sent += load.Sent;
            }

            lost.AddRange(tcp.Finish().Select(line => $"round {round}: tcp, SIGTERM at {toldTcp.TotalMilliseconds:0.0} ms, asked at {line}"));
            streams += tcp.Asked;
            old = next;
        }

        BoxSettings.Print(output, $"upgrade, {interception}, {rounds} rounds at {rate}/s: {lost.Count} of {sent} over UDP and {streams} TCP connections lost");
        Assert.Empty(lost);
        Assert.Equal(NodeBox.NodeSays, await NodeBox.AskAsync(box.Pod, NodeBox.ClusterAddress, tcp: true));
        Assert.Equal(NodeBox.NodeSays, await NodeBox.AskAsync(box.Pod, NodeBox.ClusterAddress6));
        Assert.True(await old.WaitForOutputAsync(":9353 for /metrics is ours now"), old.Output);
    }
}
