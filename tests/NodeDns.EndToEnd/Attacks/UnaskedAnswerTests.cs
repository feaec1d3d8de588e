using System.Linq;
using System.Net;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Attacks;

/// <summary>Answers nobody asked for: they are kept under no name, flush nothing and blame nobody.</summary>
[Collection(AloneCollection.Name)]
public sealed class UnaskedAnswerTests(UnaskedAnswerTests.Watched fixture) : ServerTests<UnaskedAnswerTests.Watched>(fixture)
{
    [Theory]
    [Trait("Statement", "2.1 forged question")]
    [InlineData("another name", false, false)]
    [InlineData("another name", true, false)]
    [InlineData("another name", false, true)]
    [InlineData("another type", false, false)]
    [InlineData("another type", true, false)]
    [InlineData("another type", true, true)]
    public async Task AnswerToAnotherQuestion_IsNotKeptUnderThatOne(string forged, bool isDenial, bool overTcp)
    {
        string asked = NewName();
        string victim = forged == "another name" ? NewName() : asked;
        ushort type = forged == "another name" ? RrType.A : RrType.Aaaa;
        Upstream.On(asked, RrType.A, q => q.IsTcp && q.Number > 1
            ? q.Address("192.0.2.1")
            : UpstreamReply.FromDnsMessage(q.Address("192.0.2.1")).Following(About(q, victim, type, isDenial)));
        AssertAddress("192.0.2.1", overTcp ? await Client.TcpAsync(asked) : await Client.UdpAsync(asked));

        DnsMessage truth = await Client.UdpAsync(victim, type);
        Assert.Equal(Rcode.NoError, truth.Rcode);
        Assert.Equal(type == RrType.A ? "192.0.2.1" : "2001:db8::1", Assert.Single(truth.Answers).Address);
        Assert.Equal(1, Upstream.Count(victim, type));
    }

    [Fact]
    [Trait("Statement", "2.1 unwanted replies")]
    public async Task ThousandsOfUnwantedReplies_FlushNothingAndTheUpstreamStaysUp()
    {
        string[] cached = [.. Enumerable.Range(0, 20).Select(_ => NewName())];
        foreach (string name in cached)
        {
            await CacheAsync(name);
        }

        double before = await Fixture.OfUpstreamAsync("nodedns_upstream_ignored_total");
        while (await Fixture.OfUpstreamAsync("nodedns_upstream_ignored_total") < before + 3000)
        {
            // The wrong id with the right question, the right id with a wrong one, and what is wrong altogether.
            string bait = NewName();
            Upstream.On(bait, q => q.IsTcp ? q.Address("192.0.2.1") : UpstreamReply.Raw([.. Enumerable.Range(1, 1500).Select(i =>
            {
                byte[] reply = About(q, i % 3 == 0 ? bait : cached[i % cached.Length], RrType.A, isDenial: i % 5 == 0);
                reply[0] ^= (byte)(i % 3 == 1 ? 0 : i);
                return reply;
            })]));
            AssertAddress("192.0.2.1", await Client.UdpAsync(bait));
        }

        foreach (string name in cached)
        {
            AssertAddress("192.0.2.1", await Client.UdpAsync(name));
            Assert.Equal(1, Upstream.Count(name));
        }

        await Fixture.AssertNobodyIsBlamedAsync();
    }

    [Fact]
    [Trait("Statement", "2.1 near miss")]
    public async Task WrongIdOnEveryAnswer_EachQueryMovesToTcpAndTheUpstreamStaysUp()
    {
        double before = await Fixture.OfUpstreamAsync("nodedns_upstream_near_misses_total");
        for (int i = 0; i < 20; i++)
        {
            string name = NewName();
            Upstream.On(name, q => q.IsTcp
                ? q.Address("192.0.2.1")
                : UpstreamReply.Raw(q.Address("6.6.6.6").Change(m => m.Id ^= 0x5555).Encode()));
            AssertAddress("192.0.2.1", await Client.UdpAsync(name));
            Assert.Equal([false, true], Upstream.QueriesFor(name).Select(q => q.IsTcp));
        }

        Assert.Equal(before + 20, await Fixture.OfUpstreamAsync("nodedns_upstream_near_misses_total"));
        await Fixture.AssertNobodyIsBlamedAsync();
    }

    /// <summary>What answers a question of the forger's choice, with the id that is waited for.</summary>
    private static byte[] About(UpstreamQuery query, string name, ushort type, bool isDenial)
    {
        DnsMessage forged = isDenial ? query.NxDomain(3600, 3600) : query.Answer(
            type == RrType.A ? DnsRecord.A(name, "6.6.6.6", 3600) : DnsRecord.Aaaa(name, "2001:db8::6", 3600));
        return forged.Change(m => m.Questions[0] = new DnsQuestion(name, type)).Encode();
    }

    /// <summary>One upstream that would be found down as any other, though not for being slow, and what is counted of it.</summary>
    public sealed class Watched : ServerFixture
    {
        private readonly int _metricsPort = FreePort.Next();

        public override string Corefile => $$"""
            .:{{Port}} {
                bind 127.0.0.1
                prometheus 127.0.0.1:{{_metricsPort}}
                forward . {{UpstreamAddress}} {
                    hedge off
                    read_timeout 5s
                }
                cache
            }
            """;

        public async Task<double> OfUpstreamAsync(string metric) =>
            (await MetricsPage.ReadAsync(new IPEndPoint(IPAddress.Loopback, _metricsPort), null))[
                $"{metric}{{upstream=\"{UpstreamAddress}\"}}"];

        public async Task AssertNobodyIsBlamedAsync()
        {
            Assert.Equal(1, await OfUpstreamAsync("nodedns_upstream_up"));
            Assert.Equal(0, await OfUpstreamAsync("nodedns_upstream_downs_total"));

            // The first failure that counts begins to probe.
            Assert.Equal(0, await OfUpstreamAsync("nodedns_upstream_probes_total"));
        }
    }
}
