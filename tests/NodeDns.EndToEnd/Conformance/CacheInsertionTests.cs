using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Conformance;

/// <summary>Which answers are kept: the cases of CoreDNS's own cache tests, seen from outside.</summary>
public sealed class CacheInsertionTests(PlainServer fixture) : ServerTests<PlainServer>(fixture)
{
    private static readonly Dictionary<string, (ushort Type, Func<UpstreamQuery, UpstreamReply> Script)> s_kept = new()
    {
        ["an address with AD"] = (RrType.A, q => q.Address("192.0.2.1").With(HeaderBits.AuthenticData)),
        ["alias and address"] = (RrType.A, q => q.Answer(Alias(q, "t."), Address("t."))),
        ["alias and address in the wrong order"] = (RrType.A, q => q.Answer(Address("t."), Alias(q, "t."))),
        ["the same alias twice"] = (RrType.A, q => q.Answer(Alias(q, "t."), Alias(q, "t."), Address("t."))),
        ["two aliases in a row"] = (RrType.A, q => q.Answer(Alias(q, "s."), DnsRecord.Cname("s.", "t."), Address("t."))),
        ["alias to the question CNAME"] = (RrType.Cname, q => q.Answer(Alias(q, "t."))),
        ["lone alias to the question ANY"] = (RrType.Any, q => q.Answer(Alias(q, "t."))),
        ["mail exchanger behind an alias"] = (RrType.Mx, q => q.Answer(Alias(q, "t."), DnsRecord.Mx("t.", 1, "m."))),
        ["dangling alias with a SOA"] = (RrType.A, q => q.NoData().Change(m => m.Answers.Add(Alias(q, "t.")))),
        ["NODATA with a SOA"] = (RrType.A, q => q.NoData()),
        ["NXDOMAIN with a SOA"] = (RrType.A, q => q.NxDomain()),
        ["NXDOMAIN behind an alias"] = (RrType.A, q => q.NxDomain().Change(m => m.Answers.Add(Alias(q, "t.")))),
        ["REFUSED"] = (RrType.A, q => q.Error(Rcode.Refused)),
        ["NOTIMP"] = (65280, q => q.Error(Rcode.NotImp)),
    };

    private static readonly Dictionary<string, (ushort Type, Func<UpstreamQuery, UpstreamReply> Script)> s_notKept = new()
    {
        ["dangling alias without a SOA"] = (RrType.A, q => q.Answer(Alias(q, "t."))),
        ["alias that ends in another type"] = (RrType.A, q => q.Answer(Alias(q, "t."), DnsRecord.Txt("t.", "x"))),
        ["mail chain without the exchanger"] = (RrType.Mx, q => q.Answer(Alias(q, "t."), Address("t."))),
        ["an address off the chain"] = (RrType.A, q => q.Answer(Alias(q, "t."), Address("u."))),
        ["two targets"] = (RrType.A, q => q.Answer(Alias(q, "t."), Alias(q, "u."), Address("t."))),
        ["two targets, the other first"] = (RrType.A, q => q.Answer(Alias(q, "u."), Alias(q, "t."), Address("t."))),
        ["an alias loop with an address"] = (RrType.A,
            q => q.Answer(Alias(q, "t."), DnsRecord.Cname("t.", q.Name), Address("u."))),
        ["an address of another name"] = (RrType.A, q => q.Answer(Address("other.example."))),
        ["NXDOMAIN without a SOA"] = (RrType.A, q => q.Error(Rcode.NxDomain)),
        ["TTL 0"] = (RrType.A, q => q.Address("192.0.2.1", 0)),
    };

    public static TheoryData<string> Kept => [.. s_kept.Keys];

    public static TheoryData<string> NotKept => [.. s_notKept.Keys];

    [Theory]
    [MemberData(nameof(Kept))]
    public Task TheseAnswers_AreKept(string answer) => AssertUpstreamCountAsync(s_kept[answer], 1);

    [Theory]
    [MemberData(nameof(NotKept))]
    public Task TheseAnswers_AreNotKept(string answer) => AssertUpstreamCountAsync(s_notKept[answer], 2);

    private static DnsRecord Alias(UpstreamQuery query, string target) => DnsRecord.Cname(query.Name, target);

    private static DnsRecord Address(string name) => DnsRecord.A(name, "192.0.2.1");

    private async Task AssertUpstreamCountAsync(
        (ushort Type, Func<UpstreamQuery, UpstreamReply> Script) answer, int expected)
    {
        string name = NewName();
        Upstream.On(name, answer.Type, answer.Script);

        // DO, so that an upstream's NOTIMP is an answer and no reason to ask again without EDNS (E11).
        DnsMessage Query() => DnsMessage.Query(name, answer.Type).WithEdns(e => e.DnssecOk = true);
        DnsMessage first = await Client.UdpAsync(Query());
        DnsMessage second = await Client.UdpAsync(Query());
        Assert.Equal(expected, Upstream.Count(name, answer.Type));
        Assert.Equal(first.Rcode, second.Rcode);
        Assert.Equal(first.Answers.Select(r => (r.Name, r.Type)), second.Answers.Select(r => (r.Name, r.Type)));
    }
}
