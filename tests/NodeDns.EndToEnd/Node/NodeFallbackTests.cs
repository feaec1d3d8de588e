using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;
using Xunit.Abstractions;

namespace NodeDns.EndToEnd.Node;

/// <summary>A server that is killed must not take the node's DNS with it.</summary>
[Collection(AloneCollection.Name)]
public sealed class NodeFallbackTests(ITestOutputHelper output)
{
    private const int Rate = 5000;

    /// <summary>NODEDNS_BOX_KILLS=200 for the long run.</summary>
    [BoxTheory]
    [InlineData("nft")]
    [InlineData("iptables")]
    public async Task Kill_UnderLoad_FallsBackToKubeDnsAndLeavesNothing(string interception)
    {
        int rounds = BoxSettings.Number("NODEDNS_BOX_KILLS", interception == "nft" ? 8 : 5);
        await using NodeBox box = await NodeBox.CreateAsync();
        List<double> milliseconds = [];
        int lost = 0;
        for (int round = 0; round < rounds; round++)
        {
            NodeDnsProcess server = await box.StartAsync(["-interception", interception]);
            using PodLoad load = new(box.Pod, NodeBox.ClusterAddress, Rate);
            await Task.Delay(200);
            using Process process = Process.GetProcessById(server.Id);
            TimeSpan killed = load.Now;
            process.Kill();
            await server.WaitForExitAsync();
            await Task.Delay(300);
            IReadOnlyList<TimeSpan> unanswered = load.Finish();

            Assert.InRange(load.Answered, load.Sent / 2, load.Sent);
            lost += unanswered.Count;
            if (rounds >= 50 && unanswered.Count > 0 && (unanswered[^1] - killed).TotalMilliseconds > 50)
            {
                BoxSettings.Print(output, $"round {round}: lost {Windows(unanswered, killed)}, load to {load.Now.TotalMilliseconds - killed.TotalMilliseconds:0} ms");
            }

            milliseconds.Add(unanswered.Count == 0 ? 0 : Math.Max(0, (unanswered[^1] - killed).TotalMilliseconds));
            Assert.Equal(NodeBox.KubeDnsSays, await NodeBox.AskAsync(box.OtherPod, NodeBox.ClusterAddress));
            if (interception == "nft")
            {
                Assert.Equal("", await box.LeftoversAsync());
            }
        }

        milliseconds.Sort();
        long dropped = await box.KubeDnsDropsAsync();
        string figures = string.Create(CultureInfo.InvariantCulture,
            $"kill -9, {interception}, {rounds} rounds at {Rate}/s: last lost query after {milliseconds[rounds / 2]:0.0} ms (median), "
            + $"{milliseconds[rounds * 99 / 100]:0.0} ms (99 of 100), {milliseconds[^1]:0.0} ms (most), {milliseconds.FindAll(one => one > 50).Count} "
            + $"over 50 ms; {(double)lost / rounds:0.0} queries lost in each, {dropped} in all by kube-dns");
        BoxSettings.Print(output, figures);

        // The goal is 50 ms on a machine of its own; a test machine is shared.
        Assert.InRange(milliseconds[rounds / 2], 0, BoxSettings.Number("NODEDNS_BOX_FALLBACK_MS", 250));
    }

    /// <summary>What has the highest number goes first when a process dies.</summary>
    [BoxFact]
    public async Task Descriptors_OfTheServer_RulesAboveSocketsAboveDevice()
    {
        await using NodeBox box = await NodeBox.CreateAsync();
        NodeDnsProcess server = await box.StartAsync();
        Dictionary<int, string> open = Directory.EnumerateFileSystemEntries($"/proc/{server.Id}/fd").ToDictionary(
            path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture), path => new FileInfo(path).LinkTarget ?? "");
        string[] listeners = [.. (await box.OnNodeAsync("cat /proc/net/udp /proc/net/udp6 /proc/net/tcp /proc/net/tcp6")).Split('\n')
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length > 9 && words[1].EndsWith(":0035", StringComparison.Ordinal)).Select(words => $"socket:[{words[9]}]")];

        int device = open.Single(one => one.Value == "/dev/net/tun").Key;
        int[] sockets = [.. open.Where(one => listeners.Contains(one.Value)).Select(one => one.Key)];
        KeyValuePair<int, string> last = open.MaxBy(one => one.Key);

        Assert.NotEmpty(sockets);
        Assert.True(device < sockets.Min(), $"device {device}, sockets from {sockets.Min()}");
        Assert.True(last.Key > sockets.Max() + 100, $"the highest is {last}");
        Assert.StartsWith("socket:", last.Value, StringComparison.Ordinal);

        // libnftables opens it without close-on-exec: a child would keep the table after our end.
        Assert.All(open.Where(one => one.Value == last.Value), one => Assert.True(IsClosedOnExec(server.Id, one.Key), $"{one}"));
    }

    [BoxFact]
    public async Task Start_BehindAKilledNodeCache_CleansItsRulesAndLink()
    {
        await using NodeBox box = await NodeBox.CreateAsync();
        await box.OnNodeAsync($"""
            sh -ec '
            for p in tcp udp; do
              for ip in {NodeBox.LinkLocal} {NodeBox.ClusterAddress}; do
                iptables -w 5 -I PREROUTING -t raw -p $p -d $ip --dport 53 -j NOTRACK -m comment --comment "NodeLocal DNS Cache: skip conntrack"
                iptables -w 5 -I OUTPUT -t raw -p $p -d $ip --dport 53 -j NOTRACK -m comment --comment "NodeLocal DNS Cache: skip conntrack"
                iptables -w 5 -I INPUT -t filter -p $p -d $ip --dport 53 -j ACCEPT -m comment --comment "NodeLocal DNS Cache: allow DNS traffic"
              done
            done'
            """);
        bool hasDummy = (await CommandResult.RunAsync("/bin/sh", ["-c",
            $"ip -n {box.Node} link add nodelocaldns type dummy && ip -n {box.Node} addr add {NodeBox.LinkLocal}/32 dev nodelocaldns"])).ExitCode == 0;

        NodeDnsProcess server = await box.StartAsync();

        Assert.Contains("removed 12 rules that an earlier node-cache or NodeDns left behind", server.Output, StringComparison.Ordinal);
        Assert.Equal(hasDummy, server.Output.Contains("removed the dummy link", StringComparison.Ordinal));
        Assert.DoesNotContain("NodeLocal", await box.OnNodeAsync("sh -c 'iptables -S; iptables -t raw -S'"), StringComparison.Ordinal);
        Assert.Equal(NodeBox.NodeSays, await NodeBox.AskAsync(box.Pod, NodeBox.ClusterAddress));
    }

    [BoxTheory]
    [InlineData("nft")]
    [InlineData("iptables")]
    public async Task Rules_FlushedBySomebodyElse_AreBack(string interception)
    {
        await using NodeBox box = await NodeBox.CreateAsync();
        NodeDnsProcess server = await box.StartAsync(["-interception", interception, "-syncinterval", "1s"]);

        await box.OnNodeAsync("sh -c 'iptables -t raw -F; ip6tables -t raw -F; ip link del nodelocaldns'");

        Assert.True(await server.WaitForOutputAsync("were missing and are back"), server.Output);
        bool isBack = false;
        for (int attempt = 0; attempt < 50 && !isBack; attempt++)
        {
            await Task.Delay(100);
            isBack = await AsksNode(box);
        }

        Assert.True(isBack, server.Output);
        Assert.InRange(await box.MetricAsync("nodedns_node_repairs_total"), interception == "nft" ? 3 : 27, 100);
    }

    /// <summary>When queries were lost in a row: from, to (milliseconds after the kill) and how many.</summary>
    private static string Windows(IReadOnlyList<TimeSpan> lost, TimeSpan killed)
    {
        const double Gap = 5;
        List<string> windows = [];
        for (int first = 0, i = 0; i < lost.Count; i++)
        {
            if (i + 1 == lost.Count || (lost[i + 1] - lost[i]).TotalMilliseconds > Gap)
            {
                windows.Add(string.Create(CultureInfo.InvariantCulture,
                    $"{(lost[first] - killed).TotalMilliseconds:0.0} to {(lost[i] - killed).TotalMilliseconds:0.0} ({i - first + 1})"));
                first = i + 1;
            }
        }

        return string.Join(", ", windows);
    }

    private static bool IsClosedOnExec(int process, int descriptor)
    {
        const int CloseOnExec = 0x80000;
        string flags = File.ReadLines($"/proc/{process}/fdinfo/{descriptor}").First(line => line.StartsWith("flags:", StringComparison.Ordinal));
        return (Convert.ToInt32(flags["flags:".Length..].Trim(), 8) & CloseOnExec) != 0;
    }

    private static async Task<bool> AsksNode(NodeBox box)
    {
        try
        {
            return await NodeBox.AskAsync(box.Pod, NodeBox.ClusterAddress) == NodeBox.NodeSays
                && await NodeBox.AskAsync(box.Pod, NodeBox.LinkLocal) == NodeBox.NodeSays;
        }
        catch (Exception missing) when (missing is TimeoutException or System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}
