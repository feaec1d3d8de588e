using System.Threading.Tasks;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Operations;

/// <summary>Flags of node-cache that change what a server without a node does.</summary>
public sealed class NodeCacheFlagTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReloadWithSignal_CorefileWithoutReload_IsReadAgainWhenItChanges(bool isGiven)
    {
        int port = FreePort.Next();
        string Corefile(string answer) =>
            $".:{port} {{\n    bind 127.0.0.1\n    template IN A {{\n        answer \"{{{{ .Name }}}} 60 IN A {answer}\"\n    }}\n}}\n";
        await using NodeDnsProcess server = await NodeDnsProcess.StartAsync(new NodeDnsOptions
        {
            Corefile = Corefile("192.0.2.1"),
            Port = port,
            Arguments = isGiven ? ["-reloadwithsignal"] : [],
        });

        await server.WriteCorefileAsync(Corefile("192.0.2.2"));
        await server.AdvanceClockAsync(11);

        bool isReloaded = await server.WaitForOutputAsync("reload (FileChange)", System.TimeSpan.FromSeconds(isGiven ? 10 : 0.3));
        Assert.Equal(isGiven, isReloaded);
        Assert.Equal(isGiven ? "192.0.2.2" : "192.0.2.1", (await server.Client.UdpAsync("flag.example.")).Answers[0].Address);
    }
}
