using System;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Operations;

/// <summary><c>nodedns top</c>, on a terminal of its own and without one.</summary>
public sealed class TopTests(TopServer fixture) : IClassFixture<TopServer>
{
    [Fact]
    public async Task Once_AfterALook_ShowsNamesClientsAndUpstreams()
    {
        await Top();
        for (int i = 0; i < 30; i++)
        {
            await fixture.Server.Client.UdpAsync("busy.example.");
        }

        await fixture.Server.Client.TcpAsync("over-tcp.example.");
        string frame = await Top();

        Assert.Matches(@"\d+\.\d %.* busy\.example\. ", frame);
        Assert.Contains("over-tcp.example.", frame, StringComparison.Ordinal);
        Assert.Matches(@"127\.0\.0\.1\b", frame);
        Assert.Matches($@"127\.0\.0\.1:{fixture.Upstream.Port} +up ", frame);
        Assert.Contains("keys: q quit", frame, StringComparison.Ordinal);
        Assert.DoesNotContain(frame, c => c != '\n' && c is < ' ' or > '~');
    }

    [Fact]
    public async Task Counting_NobodyLooksAnyMore_EndsByItself()
    {
        await Top();
        await fixture.Server.Client.UdpAsync("forgotten.example.");
        await fixture.Server.AdvanceClockAsync(11);

        Assert.DoesNotContain("forgotten.example.", await Top(), StringComparison.Ordinal);
    }

    [NeedsFact(Need.Tmux)]
    public async Task Live_InATerminal_TakesKeysAndLeavesTheScreenAsItWas()
    {
        string socket = $"nodedns-{Guid.NewGuid():n}";
        string command = $"{RepositoryRoot.Binary} top -control-socket {fixture.Server.ControlSocket}; echo ended with $?; sleep 60";
        try
        {
            await Tmux(socket, "-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30", command);
            string screen = await Until(socket, text => text.Contains("queries/s", StringComparison.Ordinal));
            Assert.Contains("keys: q quit", screen, StringComparison.Ordinal);
            await fixture.Server.Client.UdpAsync("seen-live.example.");
            await Until(socket, text => text.Contains("seen-live.example.", StringComparison.Ordinal) && text.Contains("CLIENT", StringComparison.Ordinal));
            await Tmux(socket, "send-keys", "n");
            await Until(socket, text => text.Contains("NAME", StringComparison.Ordinal) && !text.Contains("CLIENT", StringComparison.Ordinal));
            await Tmux(socket, "send-keys", "Space");
            await Until(socket, text => text.Contains("PAUSED", StringComparison.Ordinal));
            await Tmux(socket, "send-keys", "q");
            screen = await Until(socket, text => text.Contains("ended with 0", StringComparison.Ordinal));
            Assert.DoesNotContain("queries/s", screen, StringComparison.Ordinal);
        }
        finally
        {
            await Tmux(socket, "kill-server");
        }
    }

    private static Task<CommandResult> Tmux(string socket, params string[] arguments) =>
        CommandResult.RunAsync("tmux", ["-L", socket, .. arguments]);

    private static async Task<string> Until(string socket, Func<string, bool> isThere)
    {
        string screen = "";
        DateTime deadline = DateTime.UtcNow.AddSeconds(20);
        while (!isThere(screen))
        {
            Assert.True(DateTime.UtcNow < deadline, screen);
            await Task.Delay(50);
            screen = (await Tmux(socket, "capture-pane", "-p")).Output;
        }

        return screen;
    }

    private async Task<string> Top()
    {
        CommandResult result = await NodeDnsProcess.RunAsync("top", "-control-socket", fixture.Server.ControlSocket);
        Assert.True(result.ExitCode == 0, result.All);
        return result.Output;
    }
}

/// <summary>A plain server to be looked at.</summary>
public sealed class TopServer : ServerFixture
{
    public override string Corefile => $".:{Port} {{\n bind 127.0.0.1\n cache\n forward . {UpstreamAddress}\n}}\n";
}
