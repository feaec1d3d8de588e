using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Attacks;

/// <summary>An upstream that sends every question back to where it came from.</summary>
public sealed class LoopTests(LoopTests.Looping fixture) : ServerTests<LoopTests.Looping>(fixture)
{
    [Theory]
    [Trait("Statement", "2.2 forwarding loops")]
    [InlineData("loop.test.")]
    [InlineData("watched.test.")]
    public async Task QuestionsThatComeBack_FailAndDoNotMultiply(string zone)
    {
        TimeSpan before = Server.CpuTime;
        for (int i = 0; i < 5; i++)
        {
            string name = NewName(zone);
            DnsMessage answer = await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(name));
            Assert.Equal(Rcode.ServFail, answer.Rcode);
            Assert.InRange(Upstream.Count(name), 0, 4);
        }

        Assert.True(Server.IsAlive, Server.Output);
        Assert.True(Server.CpuTime - before < TimeSpan.FromSeconds(1.5), $"{Server.CpuTime - before}");
        AssertAddress("192.0.2.1", await Client.UdpAsync(NewName()));
    }

    [Fact]
    [Trait("Statement", "2.2 forwarding loops")]
    public async Task WatchedZone_TheLoopIsInTheLogAndTheProcessLives()
    {
        Assert.True(await Server.WaitForOutputAsync("loop: queries for watched.test"), Server.Output);
        DnsMessage answer = await Client.UdpAsync(DnsMessage.Query(NewName("watched.test.")).WithEdns());
        Assert.Equal((Rcode.ServFail, "forwarding loop"), (answer.Rcode, answer.Edns!.Errors.First().Text));
        MetricsPage page = await MetricsPage.ReadAsync(new IPEndPoint(IPAddress.Loopback, Fixture.MetricsPort), null);
        Assert.InRange(page["nodedns_loops_detected_total"], 1, int.MaxValue);
        Assert.True(Server.IsAlive);
    }

    [Fact]
    public async Task UpstreamThatIsTheListenerItself_IsRefusedInTheCorefile()
    {
        int port = FreePort.Next();
        string path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, $".:{port} {{\n    bind 127.0.0.1\n    forward . 127.0.0.1:{port}\n}}\n");
        CommandResult result = await NodeDnsProcess.RunAsync("check-config", path);
        File.Delete(path);
        Assert.Equal(1, result.ExitCode);
        Assert.Matches(@":3:\d+: forward: ", result.All);
    }

    /// <summary>Two zones whose upstream asks the server itself, one of them watched by the loop directive.</summary>
    public sealed class Looping : ServerFixture
    {
        public Looping() => Upstream.Override = SendBack;

        public int MetricsPort { get; } = FreePort.Next();

        public override string Corefile => $$"""
            .:{{Port}} {
                bind 127.0.0.1
                forward . {{UpstreamAddress}}
            }
            loop.test:{{Port}} {
                bind 127.0.0.1
                forward . {{UpstreamAddress}}
            }
            watched.test:{{Port}} {
                bind 127.0.0.1
                loop
                prometheus 127.0.0.1:{{MetricsPort}}
                forward . {{UpstreamAddress}}
                cache
            }
            """;

        private UpstreamReply? SendBack(UpstreamQuery query)
        {
            if (!query.Name.EndsWith("loop.test.", StringComparison.Ordinal) &&
                !query.Name.EndsWith("watched.test.", StringComparison.Ordinal))
            {
                return null;
            }

            using Socket socket = Server.Client.ConnectUdp();
            socket.Send(query.Bytes);
            return UpstreamReply.Silence;
        }
    }
}
