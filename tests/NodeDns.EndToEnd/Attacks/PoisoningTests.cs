using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Attacks;

/// <summary>Section 2.1 of the protocol's duties, as far as UpstreamMatchingTests (F1 to F5) does not hold it already.</summary>
public sealed class PoisoningTests(PoisoningTests.TwoZones fixture) : ServerTests<PoisoningTests.TwoZones>(fixture)
{
    [Fact]
    [Trait("Statement", "2.1 MaginotDNS")]
    public async Task RecordsForAnotherZone_AreNeverUsedForItsNames()
    {
        string bait = NewName("a.test.");
        string victim = NewName("b.test.");
        Upstream.On(bait, q => q.Address("192.0.2.1").Change(m =>
        {
            m.Authority.Add(DnsRecord.A(victim, "6.6.6.6", 3600));
            m.Additional.Add(DnsRecord.A(victim, "6.6.6.6", 3600));
        }));
        await Client.UdpAsync(bait);
        AssertAddress("192.0.2.2", await Client.UdpAsync(victim));
        Assert.Equal((0, 1), (Upstream.Count(victim), Fixture.Second.Count(victim)));
    }

    [Fact]
    [Trait("Statement", "2.1 MaginotDNS")]
    public async Task CnameIntoAnotherZone_TheRestOfTheAnswerIsKeptUnderTheNameAsked()
    {
        string bait = NewName("a.test.");
        string victim = NewName("b.test.");
        Upstream.On(bait, q => q.Answer(DnsRecord.Cname(q.Name, victim, 3600), DnsRecord.A(victim, "6.6.6.6", 3600)));
        await Client.UdpAsync(bait);
        AssertAddress("192.0.2.2", await Client.UdpAsync(victim));
    }

    [Fact]
    [Trait("Statement", "2.1 SAD DNS")]
    public async Task SocketsTowardsUpstreams_AreConnected()
    {
        var gate = new TaskCompletionSource();
        string name = NewName("a.test.");
        Upstream.On(name, q => UpstreamReply.FromDnsMessage(q.Address("192.0.2.1")).When(gate.Task));
        Task<DnsMessage> asked = Client.UdpAsync(name);
        await Upstream.WaitForAsync(name, RrType.A, 1);
        int local = Upstream.QueriesFor(name)[0].Source.Port;
        string line = File.ReadLines($"/proc/{Server.Id}/net/udp")
            .Single(l => l.Contains($"0100007F:{local:X4} ", StringComparison.Ordinal));
        Assert.Contains($"0100007F:{Upstream.Port:X4}", line, StringComparison.Ordinal);
        gate.SetResult();
        AssertAddress("192.0.2.1", await asked);
    }

    [Fact]
    [Trait("Statement", "2.1 fragments")]
    public async Task SizeTowardsUpstreams_IsOneThatIsNotFragmented()
    {
        string name = NewName("a.test.");
        await Client.UdpAsync(DnsMessage.Query(name).WithEdns(e => e.UdpSize = 4096));
        Assert.InRange((int)Upstream.QueriesFor(name)[0].Message.Edns!.UdpSize, 512, 1232);
    }

    [Fact]
    [Trait("Statement", "2.1 source ports")]
    public async Task Ports_CarryFewQueriesEachAndAreSpreadOverTheWholeRange()
    {
        List<string> names = [.. Enumerable.Range(0, 1500).Select(_ => NewName("a.test."))];
        foreach (string[] group in names.Chunk(50))
        {
            await Task.WhenAll(group.Select(n => Client.UdpAsync(n)));
        }

        List<IGrouping<int, UpstreamQuery>> ports =
            [.. names.SelectMany(n => Upstream.QueriesFor(n)).Where(q => !q.IsTcp).GroupBy(q => q.Source.Port)];

        // One run in fifty draws a port a second time.
        Assert.InRange(ports.Count(port => port.Count() > QueriesPerPort), 0, 1);
        Assert.All(ports, port => Assert.InRange(port.Key, 1024, 65535));

        // Three equal parts of the range, none of them left out: the kernel's own choice never goes below 32768.
        Assert.Equal(3, ports.Select(p => (p.Key - 1024) / 21504).Distinct().Count());
    }

    [Fact]
    [Trait("Statement", "2.2 NXNS")]
    public async Task OneMiss_IsOneQueryAndACachedNameIsNone()
    {
        List<string> names = [.. Enumerable.Range(0, 200).Select(_ => NewName("a.test."))];
        for (int round = 0; round < 3; round++)
        {
            await Task.WhenAll(names.Select(n => Client.UdpAsync(n)));
        }

        Assert.Equal(200, names.Sum(n => Upstream.Count(n)));
    }

    [Fact]
    [Trait("Statement", "2.2 ACL order")]
    public async Task BlockedClient_IsNotToldWhatIsCached()
    {
        string name = NewName("acl.test.");
        await CacheAsync(name);
        using var blocked = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        blocked.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.66"), 0));
        blocked.Connect(Client.Server);
        await blocked.SendAsync(DnsMessage.Query(name).Encode());
        byte[] answer = (await DnsClient.ReceiveAsync(blocked, DnsClient.DefaultTimeout))!;
        Assert.Equal((Rcode.Refused, 0), (DnsMessage.Decode(answer).Rcode, DnsMessage.Decode(answer).Answers.Count));
    }

    private const int QueriesPerPort = 32;

    /// <summary>Two zones with an upstream each, which are asked once: a busy machine would see hedges.</summary>
    public sealed class TwoZones : ServerFixture
    {
        public FakeUpstream Second { get; } = new() { Otherwise = q => q.Address("192.0.2.2") };

        public override string Corefile => Block(".", Upstream) + Block("a.test", Upstream) + Block("b.test", Second)
            + Block("acl.test", Upstream, "acl {\n block net 127.0.0.66\n }");

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            await Second.DisposeAsync();
        }

        private string Block(string zone, FakeUpstream upstream, string directive = "") => $$"""
            {{zone}}:{{Port}} {
                bind 127.0.0.1
                {{directive}}
                forward . 127.0.0.1:{{upstream.Port}} {
                    max_fails 0
                    hedge off
                }
                cache
            }

            """;
    }
}
