using System;
using System.IO;
using System.Net.Sockets;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Node;

/// <summary>What this node may lack or have already: one line that names it and what was done instead, and nothing half done.</summary>
[Collection(AloneCollection.Name)]
public sealed class NodeBadInputTests
{
    private const string Libnftables = "/usr/lib/*/libnftables.so.1";

    [BoxFact]
    public async Task NoTunDevice_AddressesGoElsewhereAndSaySo()
    {
        await using NodeBox box = await NodeBox.CreateAsync();
        NodeDnsProcess server = await box.StartAsync(without: "/dev/net");

        Assert.Contains("cannot make a TUN device: /dev/net/tun is not there; ", server.Output, StringComparison.Ordinal);
        Assert.Contains("outlive", server.Output, StringComparison.Ordinal);
        Assert.Equal(NodeBox.NodeSays, await NodeBox.AskAsync(box.Pod, NodeBox.ClusterAddress));
        await server.SignalAsync("TERM");
        Assert.Equal(0, await server.WaitForExitAsync());
        Assert.Equal("", await box.LeftoversAsync());
    }

    [BoxFact]
    public async Task NoTunDevice_Forced_EndsWithOneLine()
    {
        await using NodeBox box = await NodeBox.CreateAsync();
        AssertOneLine(
            await box.FailAsync(["-interface-mode", "tun"], wrapper: NodeBox.Without("/dev/net")), "cannot make a TUN device: /dev/net/tun is not there");
        Assert.Equal("", await box.LeftoversAsync());
    }

    [BoxFact]
    public async Task NoLibnftables_IptablesTakeItsPlaceAndItIsCounted()
    {
        await using NodeBox box = await NodeBox.CreateAsync();
        await box.StartAsync(without: Libnftables);

        Assert.Equal(NodeBox.NodeSays, await NodeBox.AskAsync(box.Pod, NodeBox.ClusterAddress));
        Assert.Contains("-m socket", await box.OnNodeAsync("iptables -t raw -S"), StringComparison.Ordinal);
        Assert.Equal(1, await box.MetricAsync("coredns_nodecache_setup_errors_total{errortype=\"nftables\"}"));
    }

    [BoxFact]
    public async Task NoLibnftables_Forced_EndsWithOneLine()
    {
        await using NodeBox box = await NodeBox.CreateAsync();
        AssertOneLine(
            await box.FailAsync(["-interception", "nft"], wrapper: NodeBox.Without(Libnftables)), "libnftables.so.1 is not installed");
        Assert.Equal("", await box.LeftoversAsync());
    }

    [BoxFact]
    public async Task NoIptables_Forced_EndsWithOneLine()
    {
        await using NodeBox box = await NodeBox.CreateAsync();
        AssertOneLine(
            await box.FailAsync(["-interception", "iptables"], wrapper: ["env", "PATH=/nowhere"]), "iptables is not installed");
        Assert.Equal("", await box.LeftoversAsync());
    }

    [BoxFact]
    public async Task NoIp6tables_Forced_TakesTheRulesOfTheOtherFamilyBack()
    {
        await using NodeBox box = await NodeBox.CreateAsync();
        string programs = Directory.CreateDirectory(Path.Combine(box.Folder, "half")).FullName;
        foreach (string name in new[] { "iptables", "iptables-restore" })
        {
            File.CreateSymbolicLink(Path.Combine(programs, name), "/usr/sbin/xtables-nft-multi");
        }

        CommandResult result = await box.FailAsync(["-interception", "iptables"], wrapper: ["env", $"PATH={programs}"]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("[ERROR] ip6tables is not installed", result.Errors, StringComparison.Ordinal);
        Assert.Equal("", await box.LeftoversAsync());
    }

    [BoxFact]
    public async Task NeitherLibnftablesNorIptables_ServesWithoutInterceptionAndSaysSo()
    {
        await using NodeBox box = await NodeBox.CreateAsync();
        NodeDnsProcess server = await box.StartAsync(
            without: Libnftables + " /usr/sbin/xtables-nft-multi /usr/sbin/xtables-legacy-multi");

        Assert.Contains("serving without interception, next try in 60 s", server.Output, StringComparison.Ordinal);
        Assert.Equal(NodeBox.NodeSays, await NodeBox.AskAsync(box.Pod, NodeBox.LinkLocal));
        Assert.Equal(NodeBox.KubeDnsSays, await NodeBox.AskAsync(box.Pod, NodeBox.ClusterAddress));

        // A startup probe must not end it.
        Assert.Equal(0, (await NodeDnsProcess.RunAsync("net", "ready", "-control-socket", server.ControlSocket)).ExitCode);
    }

    [BoxFact]
    public async Task Port53Taken_EndsWithOneLineAndLeavesNothing()
    {
        await using NodeBox box = await NodeBox.CreateAsync();
        await box.OnNodeAsync($"ip addr add {NodeBox.LinkLocal}/32 dev lo");
        using Socket holder = NetworkNamespace.Run(box.Node, () =>
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Parse(NodeBox.LinkLocal), 53));
            return socket;
        });
        await box.OnNodeAsync($"ip addr del {NodeBox.LinkLocal}/32 dev lo");

        CommandResult result = await box.FailAsync([]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(
            $"cannot listen on {NodeBox.LinkLocal}:53 (UDP): the address is in use by another process", result.All, StringComparison.Ordinal);
        Assert.Equal("", await box.LeftoversAsync());
    }

    [BoxFact]
    public async Task Address_OfAnotherLink_IsUsedThereAndStaysThere()
    {
        await using NodeBox box = await NodeBox.CreateAsync();
        await box.OnNodeAsync($"ip addr add {NodeBox.LinkLocal}/32 dev v2");
        NodeDnsProcess server = await box.StartAsync();

        Assert.Contains($"{NodeBox.LinkLocal} is already on v2: it is used there and stays there", server.Output, StringComparison.Ordinal);
        Assert.Equal(NodeBox.NodeSays, await NodeBox.AskAsync(box.Pod, NodeBox.LinkLocal));
        await server.SignalAsync("TERM");
        Assert.Equal(0, await server.WaitForExitAsync());
        Assert.Contains(NodeBox.LinkLocal, await box.OnNodeAsync("ip -br addr show dev v2"), StringComparison.Ordinal);
    }

    [BoxFact]
    public async Task LinkOfThatName_OfAnotherKind_IsNotTakenForADummyLink()
    {
        await using NodeBox box = await NodeBox.CreateAsync();
        await box.OnNodeAsync("ip link add nodelocaldns type veth peer name other");

        CommandResult result = await box.FailAsync(["-interface-mode", "dummy"]);

        Assert.Equal(1, result.ExitCode);
        Assert.Matches("the link nodelocaldns is there and is no dummy link but veth|this kernel has none", result.All);
    }

    [BoxTheory]
    [InlineData("169.254.20.10,", "invalid localip specified - \"\"")]
    [InlineData("nodelocaldns", "invalid localip specified - \"nodelocaldns\"")]
    [InlineData("0.0.0.0", "all addresses are not one of them")]
    [InlineData("fe80::10", "take a unique-local one")]
    [InlineData("224.0.0.251", "multicast")]
    public async Task LocalIp_ThatCannotBe_IsRefusedBeforeAnything(string value, string expected)
    {
        await using NodeBox box = await NodeBox.CreateAsync();
        CommandResult result = await box.FailAsync(["-localip", value]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(expected, Assert.Single(result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Equal("", await box.LeftoversAsync());
    }

    private static void AssertOneLine(CommandResult result, string expected)
    {
        Assert.Equal(1, result.ExitCode);
        string line = Assert.Single(result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(expected, line, StringComparison.Ordinal);
        Assert.Contains("[ERROR]", line, StringComparison.Ordinal);
    }
}
