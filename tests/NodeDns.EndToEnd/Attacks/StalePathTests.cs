using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Attacks;

/// <summary>Expired and refreshed answers are under the same rules as fresh ones: their key, their filters, their end.</summary>
public sealed class StalePathTests(StalePathTests.Zones fixture) : ServerTests<StalePathTests.Zones>(fixture)
{
    [Theory]
    [Trait("Statement", "2.1 ghost domains")]
    [InlineData("shorter", 6)]
    [InlineData("gone", 6)]
    [InlineData("failed", 9)]
    public async Task Refresh_GivesTheLifeOfWhatItBroughtAndNoMore(string refresh, int secondsToItsEnd)
    {
        string name = NewName("prefetch.test.");
        Upstream.On(name, q => q.Number == 1 ? q.Address("192.0.2.1", 100) : refresh switch
        {
            "shorter" => q.Address("192.0.2.2", 5),
            "gone" => q.NxDomain(soaTtl: 5, minimum: 5),
            _ => q.Error(Rcode.ServFail),
        });
        await CacheAsync(name);
        await Server.AdvanceClockAsync(92);
        await Client.UdpAsync(name);
        await Fixture.UntilNothingIsAskedAsync();
        Assert.Equal(refresh == "failed", Addresses(await Client.UdpAsync(name)).Contains("192.0.2.1"));
        Assert.Equal(2, Upstream.Count(name));
        await Server.AdvanceClockAsync(secondsToItsEnd);
        Assert.DoesNotContain("192.0.2.1", Addresses(await Client.UdpAsync(name)));
        Assert.Equal(3, Upstream.Count(name));
    }

    [Fact]
    [Trait("Statement", "2.1 wildcard replay")]
    public async Task AclOfAZone_HoldsForFreshAndForStaleAnswers()
    {
        string name = NewName("acl.test.");
        await CacheAsync(name);
        for (int i = 0; i < 2; i++)
        {
            AssertAddress("192.0.2.1", await Client.UdpAsync(name));
            DnsMessage blocked = await AskFromAsync("127.0.0.66", name);
            DnsMessage filtered = await AskFromAsync("127.0.0.67", name);
            Assert.Equal((Rcode.Refused, 0), (blocked.Rcode, blocked.Answers.Count));
            Assert.Equal((Rcode.NoError, 0), (filtered.Rcode, filtered.Answers.Count));
            Upstream.On(name, _ => UpstreamReply.Silence);
            await Server.AdvanceClockAsync(301);
        }
    }

    [Fact]
    [Trait("Statement", "2.1 wildcard replay")]
    public async Task NameDeniedSinceItWasKept_IsNotGivenStale()
    {
        string name = NewName("later.test.");
        await ExpireAsync(name);
        AssertAddress("192.0.2.1", await Client.UdpAsync(name));
        await Server.WriteCorefileAsync(Fixture.Corefile.Replace("# later", "deny later.test", StringComparison.Ordinal));
        await Server.SignalAsync("HUP");
        DnsMessage denied = await Fixture.AskUntilAsync(() => DnsMessage.Query(name).WithEdns(), m => m.Answers.Count == 0);
        Assert.Equal((Rcode.NxDomain, 15), (denied.Rcode, Assert.Single(denied.ErrorCodes)));
    }

    [Theory]
    [Trait("Statement", "2.1 wildcard replay")]
    [InlineData("DO")]
    [InlineData("CD")]
    [InlineData("type")]
    [InlineData("class")]
    [InlineData("name")]
    public async Task StaleAnswer_IsForItsOwnQuestionOnly(string other)
    {
        string name = NewName("immediate.test.");
        await ExpireAsync(name);
        DnsMessage query = other switch
        {
            "DO" => DnsMessage.Query(name).WithEdns(e => e.DnssecOk = true),
            "CD" => DnsMessage.Query(name).With(HeaderBits.CheckingDisabled),
            "type" => DnsMessage.Query(name, RrType.Aaaa),
            "class" => DnsMessage.Query(name, RrType.A, RrClass.Chaos),
            _ => DnsMessage.Query("sub." + name),
        };
        Upstream.On("sub." + name, q => q.Error(Rcode.ServFail));
        DnsMessage answer = await Client.UdpAsync(query);
        Assert.Equal((Rcode.ServFail, 0), (answer.Rcode, answer.Answers.Count));
        AssertAddress("192.0.2.1", await Client.UdpAsync(name));
    }

    [Theory]
    [Trait("Statement", "2.1 wildcard replay")]
    [InlineData("name.test.", RrType.A)]
    [InlineData("cname.test.", RrType.A)]
    [InlineData("dns64.test.", RrType.Aaaa)]
    [InlineData("header.test.", RrType.A)]
    public async Task ReshapedAnswer_IsTheSameFreshStaleAndFreshAgain(string zone, ushort type)
    {
        string name = NewName(zone);
        string[] upstreamNames = [name, $"new-{name}"];
        AnswerWell();
        string fresh = Shape(await CacheAsync(name, type));
        await Server.AdvanceClockAsync(301);
        foreach (string asked in upstreamNames)
        {
            Upstream.On(asked, RrType.Aaaa, q => q.Error(Rcode.ServFail)).On(asked, q => q.Error(Rcode.ServFail));
        }

        for (int i = 0; i < 3; i++)
        {
            DnsMessage stale = await Client.UdpAsync(name, type);
            Assert.Equal(fresh, Shape(stale));
            Assert.Equal(30u, stale.Answers[^1].Ttl);
        }

        await Fixture.UntilNothingIsAskedAsync();
        AnswerWell();
        await Server.AdvanceClockAsync(31);
        DnsMessage again = await Fixture.AskUntilAsync(() => DnsMessage.Query(name, type), m => m.Answers[^1].Ttl > 30);
        Assert.Equal(fresh, Shape(again));

        void AnswerWell()
        {
            foreach (string asked in upstreamNames)
            {
                Upstream.On(asked, RrType.Aaaa, q => q.NoData()).On(asked, q => zone == "cname.test." && q.Name == name
                    ? q.Answer(DnsRecord.Cname(q.Name, "old.cname.test."), DnsRecord.A("old.cname.test.", "6.6.6.6"))
                    : q.Address("192.0.2.7"));
            }
        }
    }

    [Fact]
    public async Task AddressesToTranslateThatFail_AreAFailureAndNoEmptyAnswer()
    {
        string name = NewName("dns64.test.");
        Upstream.On(name, RrType.Aaaa, q => q.NoData()).On(name, RrType.A, q => q.Address("192.0.2.7"));
        DnsMessage fresh = await Client.UdpAsync(name, RrType.Aaaa);
        Assert.Single(fresh.Answers);
        Upstream.On(name, RrType.A, q => q.Error(Rcode.ServFail));
        await Server.AdvanceClockAsync(301);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(Shape(fresh), Shape(await Client.UdpAsync(name, RrType.Aaaa)));
            await Fixture.UntilNothingIsAskedAsync();
        }

        string unknown = NewName("dns64.test.");
        Upstream.On(unknown, RrType.Aaaa, q => q.NoData()).On(unknown, RrType.A, q => q.Error(Rcode.ServFail));
        Assert.Equal(Rcode.ServFail, (await Client.UdpAsync(unknown, RrType.Aaaa)).Rcode);
    }

    /// <summary>All that a client sees but the TTL.</summary>
    private static string Shape(DnsMessage message) => string.Join(
        '\n', message.Answers.Select(r => $"{r.Name} {r.Type} {Convert.ToHexString(r.Data)}")
            .Prepend($"{message.Flags:x4} {message.Question}"));

    private async Task ExpireAsync(string name)
    {
        await CacheAsync(name);
        Upstream.On(name, q => q.Error(Rcode.ServFail));
        await Server.AdvanceClockAsync(301);
    }

    private async Task<DnsMessage> AskFromAsync(string source, string name)
    {
        using Socket socket = Client.ConnectUdp(IPAddress.Parse(source));
        await socket.SendAsync(DnsMessage.Query(name).Encode());
        return DnsMessage.Decode((await DnsClient.ReceiveAsync(socket, DnsClient.DefaultTimeout))!);
    }

    /// <summary>Zones that serve stale answers at once, each with something that has its say about them.</summary>
    public sealed class Zones : ServerFixture
    {
        private readonly int _metricsPort = FreePort.Next();

        public override string Corefile => string.Concat(Blocks().Select(zone => $$"""
            {{zone.Name}}:{{Port}} {
                bind 127.0.0.1
                {{zone.Directive}}
                forward . {{UpstreamAddress}} {
                    max_fails 0
                }
                cache {
                    {{(zone.Name == "prefetch.test" ? "prefetch 1 1m 10%" : "serve_stale 1h immediate")}}
                }
            }

            """));

        /// <summary>Until refreshes that were begun have ended, one way or another.</summary>
        public async Task UntilNothingIsAskedAsync()
        {
            long began = Stopwatch.GetTimestamp();
            IPEndPoint metrics = new(IPAddress.Loopback, _metricsPort);
            while ((await MetricsPage.ReadAsync(metrics, null))["nodedns_in_flight_questions"] > 0)
            {
                Assert.True(Stopwatch.GetElapsedTime(began) < DnsClient.DefaultTimeout, "still asked");
                await Task.Delay(5);
            }
        }

        private IEnumerable<(string Name, string Directive)> Blocks() =>
        [
            (".", $"prometheus 127.0.0.1:{_metricsPort}"),
            ("prefetch.test", ""),
            ("immediate.test", ""),
            ("acl.test", "acl {\n block net 127.0.0.66\n filter net 127.0.0.67\n }"),
            ("later.test", "# later"),
            ("name.test", "rewrite name regex (.*)[.]name[.]test new-{1}.name.test answer name new-(.*) {1}"),
            ("cname.test", "rewrite cname exact old.cname.test. target.test."),
            ("dns64.test", "dns64 {\n allow_ipv4\n }"),
            ("header.test", "header {\n response set aa\n response clear ra\n }"),
        ];
    }
}
