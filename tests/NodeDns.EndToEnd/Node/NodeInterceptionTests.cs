using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Node;

/// <summary>What is intercepted follows what is listened on and what kube-proxy does, all the time.</summary>
[Collection(AloneCollection.Name)]
public sealed class NodeInterceptionTests
{
    private const string LinkLocalAlone = $"bind {NodeBox.LinkLocal}";

    [BoxTheory]
    [InlineData("nft")]
    [InlineData("iptables")]
    public async Task Bind_WithoutTheClusterAddress_LeavesItToKubeDnsUntilAReloadNamesIt(string interception)
    {
        await using NodeBox box = await NodeBox.CreateAsync();
        NodeDnsProcess server = await box.StartAsync(
            ["-interception", interception], corefile: NodeBox.Corefile(bind: LinkLocalAlone));
        Assert.Contains($"no server block listens on {NodeBox.ClusterAddress} port 53: it is not intercepted", server.Output, StringComparison.Ordinal);
        Assert.Equal(NodeBox.NodeSays, await NodeBox.AskAsync(box.Pod, NodeBox.LinkLocal));
        Assert.Equal(NodeBox.KubeDnsSays, await NodeBox.AskAsync(box.Pod, NodeBox.ClusterAddress));
        Assert.Contains($"not of {NodeBox.ClusterAddress}: no server block", await StatusAsync(server), StringComparison.Ordinal);

        await ReloadAsync(server, NodeBox.Corefile(), 1);
        Assert.Equal(NodeBox.NodeSays, await NodeBox.AskAsync(box.Pod, NodeBox.ClusterAddress));
        Assert.Equal(NodeBox.NodeSays, await NodeBox.AskAsync(box.Pod, NodeBox.ClusterAddress6));

        await ReloadAsync(server, NodeBox.Corefile(bind: LinkLocalAlone), 2);
        Assert.Equal(NodeBox.KubeDnsSays, await NodeBox.AskAsync(box.OtherPod, NodeBox.ClusterAddress));
        Assert.Equal(NodeBox.NodeSays, await NodeBox.AskAsync(box.Pod, NodeBox.LinkLocal));

        await server.SignalAsync("TERM");
        Assert.Equal(0, await server.WaitForExitAsync());
        Assert.Equal("", await box.LeftoversAsync());
    }

    [BoxFact]
    public async Task Bind_None_IsIntercepted_WithIptablesToo()
    {
        await using NodeBox box = await NodeBox.CreateAsync();
        NodeDnsProcess server = await box.StartAsync(["-interception", "iptables"], corefile: NodeBox.Corefile(bind: "reload"));

        Assert.Equal(NodeBox.NodeSays, await NodeBox.AskAsync(box.Pod, NodeBox.ClusterAddress));
        Assert.Equal(NodeBox.NodeSays, await NodeBox.AskAsync(box.Pod, NodeBox.ClusterAddress6, tcp: true));
        Assert.Contains("-m socket --nowildcard", await box.OnNodeAsync("iptables -t raw -S"), StringComparison.Ordinal);

        await server.SignalAsync("TERM");
        Assert.Equal(0, await server.WaitForExitAsync());
        Assert.Equal("", await box.LeftoversAsync());
    }

    [BoxTheory]
    [InlineData("nft")]
    [InlineData("iptables")]
    public async Task Ipvs_ThatStartsLater_GetsItsAddressBack(string interception)
    {
        await using NodeBox box = await NodeBox.CreateAsync();
        NodeDnsProcess server = await box.StartAsync(["-interception", interception, "-syncinterval", "1"]);

        // kube-proxy makes a dummy link; its name is what counts.
        await box.OnNodeAsync($"sh -c 'ip tuntap add kube-ipvs0 mode tun; ip addr add {NodeBox.ClusterAddress}/32 dev kube-ipvs0'");

        Assert.True(await server.WaitForOutputAsync($"{NodeBox.ClusterAddress} belongs to kube-proxy in ipvs mode"), server.Output);
        Assert.True(await server.WaitForOutputAsync($": {NodeBox.LinkLocal} {NodeBox.ClusterAddress6}"), server.Output);
        string links = await box.OnNodeAsync("ip -br addr show dev nodelocaldns");
        Assert.DoesNotContain($"{NodeBox.ClusterAddress}/", links, StringComparison.Ordinal);
        Assert.Contains(NodeBox.LinkLocal, links, StringComparison.Ordinal);
        Assert.DoesNotContain(
            (await StatusAsync(server)).Split('\n'),
            line => line.Contains("notrack", StringComparison.OrdinalIgnoreCase) && line.Contains(NodeBox.ClusterAddress, StringComparison.Ordinal));
        Assert.Equal(NodeBox.NodeSays, await NodeBox.AskAsync(box.Pod, NodeBox.LinkLocal));

        await box.OnNodeAsync("ip link del kube-ipvs0");
        Assert.True(await server.WaitForOutputAsync($": {NodeBox.LinkLocal} {NodeBox.ClusterAddress} {NodeBox.ClusterAddress6}"), server.Output);
        Assert.Equal(NodeBox.NodeSays, await NodeBox.AskAsync(box.OtherPod, NodeBox.ClusterAddress));
    }

    [BoxTheory]
    [InlineData("nft")]
    [InlineData("iptables")]
    public async Task Start_BehindANodeCacheThatUsedLegacyIptables_CleansThatSetToo(string interception)
    {
        await using NodeBox box = await NodeBox.CreateAsync();
        await box.OnNodeAsync($"""
            sh -ec 'for p in tcp udp; do iptables-legacy -w 5 -I PREROUTING -t raw -p $p -d {NodeBox.ClusterAddress} --dport 53 -j NOTRACK -m comment --comment "NodeLocal DNS Cache: skip conntrack"; done'
            """);

        NodeDnsProcess server = await box.StartAsync(["-interception", interception]);

        Assert.Contains("removed 2 rules that an earlier node-cache or NodeDns left behind", server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("NodeLocal", await box.OnNodeAsync("iptables-legacy -t raw -S"), StringComparison.Ordinal);
        Assert.Equal(NodeBox.NodeSays, await NodeBox.AskAsync(box.Pod, NodeBox.ClusterAddress));
    }

    [BoxFact]
    public async Task Iptables_OfANodeThatUsesTheLegacySet_GoThere()
    {
        await using NodeBox box = await NodeBox.CreateAsync();
        await box.OnNodeAsync("iptables-legacy -t mangle -N KUBE-KUBELET-CANARY");

        NodeDnsProcess server = await box.StartAsync(["-interception", "iptables"]);

        Assert.Equal(16, Count(await box.OnNodeAsync("iptables-legacy -t raw -S")));
        Assert.Equal(0, Count(await box.OnNodeAsync("iptables -t raw -S")));
        Assert.Equal(NodeBox.NodeSays, await NodeBox.AskAsync(box.Pod, NodeBox.ClusterAddress));
        await server.SignalAsync("TERM");
        Assert.Equal(0, await server.WaitForExitAsync());
        Assert.Equal(0, Count(await box.OnNodeAsync("iptables-legacy -t raw -S")));
    }

    [BoxFact]
    public async Task Iptables_OneRuleTakenAway_IsNamedByStatusAndComesBackAlone()
    {
        await using NodeBox box = await NodeBox.CreateAsync();
        NodeDnsProcess server = await box.StartAsync(["-interception", "iptables"]);
        string rule = (await box.OnNodeAsync("iptables -t raw -S PREROUTING")).Split('\n')
            .First(line => line.Contains($"-d {NodeBox.ClusterAddress}/32 -p udp", StringComparison.Ordinal));
        await box.OnNodeAsync($"iptables -t raw -D {rule["-A ".Length..]}");

        string missing = Assert.Single((await StatusAsync(server)).Split('\n'), line => line.Contains("MISSING", StringComparison.Ordinal));
        Assert.Contains($"iptables -t raw -A PREROUTING -p udp -d {NodeBox.ClusterAddress} --dport 53 -m socket", missing, StringComparison.Ordinal);

        CommandResult applied = await NodeDnsProcess.RunAsync("net", "apply", "-control-socket", server.ControlSocket);
        Assert.Equal("1 addresses or rules put right\n", applied.Output);
        Assert.DoesNotContain("MISSING", await StatusAsync(server), StringComparison.Ordinal);
        Assert.Equal(1, await box.MetricAsync("nodedns_node_repairs_total"));
    }

    [BoxFact]
    public async Task Term_WhileTheStartWaitsForTheXtablesLock_EndsInTime()
    {
        await using NodeBox box = await NodeBox.CreateAsync();
        string lockFile = Path.Combine(box.Folder, "xtables.lock");
        string corefile = Path.Combine(box.Folder, "Corefile");
        await File.WriteAllTextAsync(corefile, NodeBox.Corefile());
        using Process holder = Process.Start("flock", [lockFile, "sleep", "60"]);
        await Task.Delay(100);
        var start = new ProcessStartInfo("ip",
        [
            "netns", "exec", box.Node, RepositoryRoot.Binary, "-conf", corefile, "-control-socket", $"{box.Folder}/control.sock",
            "-localip", $"{NodeBox.LinkLocal},{NodeBox.ClusterAddress},{NodeBox.ClusterAddress6}", "-interception", "iptables",
        ])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["XTABLES_LOCKFILE"] = lockFile;
        start.Environment["PATH"] = $"{NodeStopTests.LegacyIptables(box.Folder)}:{Environment.GetEnvironmentVariable("PATH")}";
        using Process server = Process.Start(start)!;
        await Task.Delay(1000);

        long began = Stopwatch.GetTimestamp();
        await CommandResult.RunAsync("/bin/sh", ["-c", $"kill -TERM {server.Id}"]);
        await server.WaitForExitAsync();
        TimeSpan took = Stopwatch.GetElapsedTime(began);
        holder.Kill(entireProcessTree: true);

        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.Equal(0, server.ExitCode);
        Assert.Equal("", await box.LeftoversAsync());
    }

    private static int Count(string rules) => rules.Split('\n').Count(line => line.Contains("NodeLocal", StringComparison.Ordinal));

    private static async Task<string> StatusAsync(NodeDnsProcess server) =>
        (await NodeDnsProcess.RunAsync("net", "status", "-control-socket", server.ControlSocket)).Output;

    private static async Task ReloadAsync(NodeDnsProcess server, string corefile, int number)
    {
        await server.WriteCorefileAsync(corefile);
        await server.SignalAsync("HUP");
        for (int attempt = 0; attempt < 200 && server.Output.Split("reload (Signal): serving").Length <= number; attempt++)
        {
            await Task.Delay(20);
        }
    }
}
