using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Operations;

/// <summary>What an operator sees when the server cannot start: an exit code and a line that says why.</summary>
public sealed class StartFailureTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nodedns-start-").FullName;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task PortInUse_EndsWithALineThatNamesIt(bool udp)
    {
        int port = FreePort.Next();
        using Socket holder = udp
            ? new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
            : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.Loopback, port));
        if (!udp)
        {
            holder.Listen();
        }

        CommandResult result = await StartAsync($".:{port} {{\n    bind 127.0.0.1\n    whoami\n}}\n");
        AssertOneClearLine(result, $"127.0.0.1:{port}");
        Assert.Matches("in use|taken", result.All);
    }

    [Fact]
    public async Task AddressOfAnotherMachine_EndsWithALineThatNamesIt()
    {
        int port = FreePort.Next();
        AssertOneClearLine(await StartAsync($".:{port} {{\n    bind 203.0.113.9\n    whoami\n}}\n"), "203.0.113.9");
    }

    [NeedsFact(Need.Setpriv)]
    public async Task PortBelow1024WithoutTheRight_EndsWithALineThatSaysSo()
    {
        string path = await WriteAsync(".:53 {\n    bind 127.0.0.1\n    whoami\n}\n");
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        CommandResult result = await CommandResult.RunAsync("setpriv",
        [
            "--reuid", "65534", "--regid", "65534", "--clear-groups", "--bounding-set", "-all", "--inh-caps", "-all",
            RepositoryRoot.Binary, "-conf", path, "-control-socket", Path.Combine(_folder, "control.sock"),
        ], change: s => s.Environment["DOTNET_ROOT"] = RepositoryRoot.DotnetRoot);
        AssertOneClearLine(result, "127.0.0.1:53");
        Assert.Matches("(?i)permi|privilege|right", result.All);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task CorefileOfRandomBytes_EndsWithOneAndPositions(int seed)
    {
        byte[] junk = new byte[2000];
        new Random(seed).NextBytes(junk);
        string path = Path.Combine(_folder, "Corefile");
        await File.WriteAllBytesAsync(path, junk);
        CommandResult result = await NodeDnsProcess.RunAsync("-conf", path, "-control-socket", Path.Combine(_folder, "c"));
        Assert.Equal(1, result.ExitCode);
        Assert.Matches(@"Corefile:\d+:\d+: ", result.All);
        AssertNoTrace(result);
    }

    [Fact]
    public async Task ResolvConfWithoutServer_EndsWithALineThatNamesIt()
    {
        string resolv = Path.Combine(_folder, "resolv.conf");
        await File.WriteAllTextAsync(resolv, "search example.org\noptions ndots:5\n");
        CommandResult result = await StartAsync($".:{FreePort.Next()} {{\n    bind 127.0.0.1\n    forward . {resolv}\n}}\n");
        Assert.Equal(1, result.ExitCode);
        Assert.Matches(@"Corefile:3:\d+: forward: ", result.All);
        AssertNoTrace(result);
    }

    [Fact]
    public async Task ResolvConf_WithServers_IsUsed()
    {
        await using var upstream = new FakeUpstream();
        string resolv = Path.Combine(_folder, "resolv.conf");
        await File.WriteAllTextAsync(resolv, "# none\nnameserver 127.0.0.77\n");
        int port = FreePort.Next();
        await using NodeDnsProcess server = await NodeDnsProcess.StartAsync(new NodeDnsOptions
        {
            Port = port,
            Corefile = $".:{port} {{\n bind 127.0.0.1\n forward . {resolv} 127.0.0.1:{upstream.Port} {{\n" +
                "  policy sequential\n }\n}\n",
        });
        // Nobody listens on 127.0.0.77:53, so the next upstream answers.
        Assert.Equal("192.0.2.1", (await server.Client.UdpAsync(ServerFixture.NewName())).Answers[0].Address);
    }

    [Fact]
    public async Task MissingCorefile_EndsWithALineThatNamesIt()
    {
        string path = Path.Combine(_folder, "absent");
        CommandResult result = await NodeDnsProcess.RunAsync("-conf", path, "-control-socket", Path.Combine(_folder, "c"));
        AssertOneClearLine(result, path);
    }

    [Fact]
    public async Task UnknownFlag_EndsWithALineThatNamesIt()
    {
        AssertOneClearLine(await NodeDnsProcess.RunAsync("-frobnicate"), "frobnicate");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void AssertOneClearLine(CommandResult result, string mentions)
    {
        Assert.NotEqual(0, result.ExitCode);
        Assert.InRange(result.ExitCode, 1, 125);
        AssertNoTrace(result);
        Assert.Contains(mentions, result.All, StringComparison.Ordinal);
        Assert.True(result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length <= 3, result.Errors);
    }

    private static void AssertNoTrace(CommandResult result)
    {
        Assert.DoesNotContain("Unhandled", result.All, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", result.All, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", result.All, StringComparison.Ordinal);
    }

    private async Task<string> WriteAsync(string corefile)
    {
        string path = Path.Combine(_folder, "Corefile");
        await File.WriteAllTextAsync(path, corefile);
        return path;
    }

    private async Task<CommandResult> StartAsync(string corefile) => await NodeDnsProcess.RunAsync(
        "-conf", await WriteAsync(corefile), "-control-socket", Path.Combine(_folder, "control.sock"));
}
