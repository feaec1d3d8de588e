using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;
using Xunit.Abstractions;

namespace NodeDns.EndToEnd.Attacks;

/// <summary>How many packets a question may cause upstream, and how long a reply may be against its query.</summary>
public sealed class AmplificationTests(AmplificationTests.Pair fixture, ITestOutputHelper output)
    : ServerTests<AmplificationTests.Pair>(fixture)
{
    private const int TriesPerUpstream = 2;

    /// <summary>Times a question is sent again because its TCP connection closed under it.</summary>
    private const int ConnectionLosses = 2;

    private static readonly Dictionary<string, Func<UpstreamQuery, DnsMessage>> s_pointersElsewhere = new()
    {
        ["an alias of itself"] = q => q.Answer(DnsRecord.Cname(q.Name, q.Name)),
        ["an alias of another name"] = q => q.Answer(DnsRecord.Cname(q.Name, "alias.victim.test.")),
        ["two aliases in a circle"] = q => q.Answer(
            DnsRecord.Cname(q.Name, "b." + q.Name), DnsRecord.Cname("b." + q.Name, q.Name)),
        ["a referral without addresses"] = q => q.Error(Rcode.NoError).Change(m => m.Authority.AddRange(
            Enumerable.Range(0, 20).Select(i => DnsRecord.Ns("example.", $"ns{i}.victim.test.")))),
        ["name servers as the answer"] = q => q.Answer(
            [.. Enumerable.Range(0, 20).Select(i => DnsRecord.Ns(q.Name, $"ns{i}.victim.test."))]),
        ["mail exchangers"] = q => q.Answer(
            [.. Enumerable.Range(0, 20).Select(i => DnsRecord.Mx(q.Name, 1, $"mx{i}.victim.test."))]),
        ["a whole subtree elsewhere"] = q => q.Answer(new DnsRecord(
            "example.", RrType.Dname, RrClass.In, 300, DnsName.ToWire("victim.test."))),
    };

    private static readonly Dictionary<string, Func<UpstreamQuery, UpstreamReply>> s_failures = new()
    {
        ["silence"] = _ => UpstreamReply.Silence,
        ["SERVFAIL"] = q => q.Error(Rcode.ServFail),
        ["REFUSED"] = q => q.Error(Rcode.Refused),
        ["FORMERR"] = q => q.Error(Rcode.FormErr),
        ["what cannot be read"] = q => UpstreamReply.Raw(q.Address("6.6.6.6").Encode()[..^3]),
        ["another question's answer"] = q => UpstreamReply.Raw(
            q.Error(Rcode.NoError).Change(m => m.Questions[0] = new DnsQuestion("other.example.", q.Type)).Encode()),
        ["a wrong id"] = q => q.IsTcp
            ? UpstreamReply.Silence
            : UpstreamReply.Raw(q.Error(Rcode.NoError).Change(m => m.Id ^= 1).Encode()),
        ["TC, and TCP that closes"] = q => q.IsTcp
            ? UpstreamReply.Close()
            : q.Error(Rcode.NoError).With(HeaderBits.Truncated),
        ["TC, over TCP as well"] = q => q.Error(Rcode.NoError).With(HeaderBits.Truncated),
    };

    public static TheoryData<string> PointersElsewhere => [.. s_pointersElsewhere.Keys];

    public static TheoryData<string> Failures => [.. s_failures.Keys];

    [Theory]
    [Trait("Statement", "2.2 NXNS")]
    [MemberData(nameof(PointersElsewhere))]
    public async Task AnswerThatPointsElsewhere_IsNotFollowed(string what)
    {
        foreach (ushort type in (ushort[])[RrType.A, RrType.Ns, RrType.Mx])
        {
            string name = NewName("once.test.");
            Upstream.On(name, q => s_pointersElsewhere[what](q));
            Fixture.Second.On(name, q => s_pointersElsewhere[what](q));
            int before = Upstream.Queries.Count + Fixture.Second.Queries.Count;
            await Client.UdpAsync(name, type);
            Assert.Equal(before + 1, Upstream.Queries.Count + Fixture.Second.Queries.Count);
        }
    }

    [Theory]
    [Trait("Statement", "2.2 NXNS")]
    [MemberData(nameof(Failures))]
    public async Task AllUpstreamsFail_TriesTimesUpstreamsIsTheMost(string failure)
    {
        string name = NewName();
        Upstream.On(name, s_failures[failure]);
        Fixture.Second.On(name, s_failures[failure]);
        DnsMessage[] answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(name))));
        Assert.All(answers, a => Assert.Empty(a.Answers));

        UpstreamQuery[] asked = [.. Upstream.QueriesFor(name), .. Fixture.Second.QueriesFor(name)];
        output.WriteLine($"{failure}: {asked.Count(q => !q.IsTcp)} over UDP, {asked.Count(q => q.IsTcp)} over TCP");
        Assert.InRange(asked.Count(q => !q.IsTcp), 1, TriesPerUpstream * 2);
        Assert.InRange(asked.Count(q => q.IsTcp), 0, (TriesPerUpstream * 2) + ConnectionLosses);
    }

    [Theory]
    [Trait("Statement", "2.2 reflection")]
    [InlineData(0, 512)]
    [InlineData(512, 512)]
    [InlineData(1232, 1232)]
    [InlineData(4096, 1232)]
    [InlineData(65535, 1232)]
    public async Task ReplyOverUdp_IsAsShortAsTheClientAndThePathWant(int clientSize, int longest)
    {
        double worst = 0;
        foreach (ushort type in (ushort[])[RrType.A, RrType.Txt, RrType.Dnskey, RrType.Any, RrType.Ns, 65280])
        {
            foreach (bool isDenial in (bool[])[false, true])
            {
                string name = NewName("large.test.");
                Upstream.On(name, type, q => Large(q, isDenial));
                DnsMessage query = DnsMessage.Query(name, type);
                byte[] bytes = (clientSize == 0
                    ? query
                    : query.WithEdns(e => (e.UdpSize, e.DnssecOk) = ((ushort)clientSize, true))).Encode();
                for (int i = 0; i < 2; i++)
                {
                    byte[] reply = (await Client.UdpRawAsync(bytes))!;
                    Assert.InRange(reply.Length, DnsMessage.HeaderLength, longest);
                    worst = Math.Max(worst, (double)reply.Length / bytes.Length);
                }
            }
        }

        output.WriteLine($"at most {worst:F1} times the query");
    }

    [Fact]
    [Trait("Statement", "2.2 reflection")]
    public async Task ReplyToAMessageThatIsNoQuery_IsNotLongerThanIt()
    {
        var random = new Random(8);
        for (int i = 0; i < 200; i++)
        {
            byte[] junk = new byte[random.Next(12, 600)];
            random.NextBytes(junk);
            junk[2] &= 0x7F;
            byte[] reply = (await Client.UdpRawAsync(junk))!;
            Assert.InRange(reply.Length, DnsMessage.HeaderLength, junk.Length);
        }
    }

    /// <summary>Some kilobytes: forty records of the type asked, or a denial with the proofs of a signed zone.</summary>
    private static DnsMessage Large(UpstreamQuery query, bool isDenial)
    {
        DnsRecord[] records = [.. Enumerable.Range(0, 40).Select(i => query.Type == RrType.A
            ? DnsRecord.A(query.Name, $"192.0.2.{i}")
            : DnsRecord.Unknown(query.Name, query.Type == RrType.Any ? RrType.Txt : query.Type, [60, .. new byte[60]]))];
        return isDenial
            ? query.NxDomain().Change(m => m.Authority.AddRange(
                Enumerable.Range(0, 40).Select(i => DnsRecord.Rrsig($"{i}.example.", RrType.Soa))))
            : query.Answer(records).Change(m => m.Additional.AddRange(
                records.Select(r => r with { Name = "ns.example.", Type = RrType.Txt })));
    }

    /// <summary>Two upstreams of which nobody is ever passed over, and a zone where each question is asked but once.</summary>
    public sealed class Pair : ServerFixture
    {
        public FakeUpstream Second { get; } = new();

        public override string Corefile => Block(".", "") + Block("once.test", "hedge off") + Block("large.test", "force_tcp");

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            await Second.DisposeAsync();
        }

        private string Block(string zone, string options) => $$"""
            {{zone}}:{{Port}} {
                bind 127.0.0.1
                forward . {{UpstreamAddress}} 127.0.0.1:{{Second.Port}} {
                    policy sequential
                    max_fails 0
                    {{options}}
                }
                cache
            }

            """;
    }
}
