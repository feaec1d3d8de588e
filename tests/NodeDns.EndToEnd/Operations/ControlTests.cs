using System.IO;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Operations;

/// <summary>The control socket and the clock behind it.</summary>
public sealed class ControlTests
{
    [Fact]
    public async Task ClockAdvance_WithoutTheEnvironmentVariable_IsRefused()
    {
        await using var upstream = new FakeUpstream();
        await using NodeDnsProcess server = await StartAsync(upstream, testClock: false);
        string name = ServerFixture.NewName();
        await server.Client.UdpAsync(name);
        CommandResult result = await NodeDnsProcess.RunAsync(
            "clock", "advance", "3600", "-control-socket", server.ControlSocket);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("NODEDNS_TEST_CLOCK", result.All, System.StringComparison.Ordinal);
        Assert.InRange((await server.Client.UdpAsync(name)).Answers[0].Ttl, 290u, 300u);
    }

    [Fact]
    public async Task ControlSocket_IsForItsUserAndGroupOnly()
    {
        await using var upstream = new FakeUpstream();
        await using NodeDnsProcess server = await StartAsync(upstream, testClock: true);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite,
            File.GetUnixFileMode(server.ControlSocket) & (UnixFileMode)0b111_111_111);
    }

    [Fact]
    public async Task ClockAdvance_NoServerThere_FailsWithALine()
    {
        CommandResult result = await NodeDnsProcess.RunAsync("clock", "advance", "1", "-control-socket", "/nowhere/c.sock");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("/nowhere/c.sock", result.All, System.StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.All, System.StringComparison.Ordinal);
    }

    [Fact]
    public async Task ControlSocketThatCannotBeMade_DoesNotStopTheServer()
    {
        await using var upstream = new FakeUpstream();
        int port = FreePort.Next();
        await using NodeDnsProcess server = await NodeDnsProcess.StartAsync(new NodeDnsOptions
        {
            Port = port,
            Corefile = Corefile(port, upstream),
            Arguments = ["-control-socket", "/proc/nodedns/control.sock"],
        });
        Assert.Single((await server.Client.UdpAsync(ServerFixture.NewName())).Answers);
    }

    private static string Corefile(int port, FakeUpstream upstream) =>
        $".:{port} {{\n bind 127.0.0.1\n forward . 127.0.0.1:{upstream.Port}\n cache\n}}\n";

    private static Task<NodeDnsProcess> StartAsync(FakeUpstream upstream, bool testClock)
    {
        int port = FreePort.Next();
        return NodeDnsProcess.StartAsync(new NodeDnsOptions
        {
            Port = port,
            Corefile = Corefile(port, upstream),
            TestClock = testClock,
        });
    }
}
