using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using NodeDns.Config;
using NodeDns.Logging;
using NodeDns.Rewriting;
using NodeDns.TestKit;
using NodeDns.Tests.Filters;
using NodeDns.Wire;
using Xunit;

namespace NodeDns.Tests.Rewriting;

public sealed class LoadBalanceShaperTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();
    private readonly List<string> _log = [];

    public void Dispose() => File.Delete(_path);

    private LoadBalanceShaper Make(string? weights, List<ConfigError> errors, params string[] prefer)
    {
        if (weights is not null)
        {
            File.WriteAllText(_path, weights);
        }

        LoadBalanceConfig config = new(
            weights is null ? null : _path, TimeSpan.FromSeconds(30), [.. prefer.Select(IPNetwork.Parse)]);
        return LoadBalanceShaper.Compile(
            config, new SourceLocation("Corefile", 2, 1), new Log((_, line) => _log.Add(line)), 0, errors);
    }

    private LoadBalanceShaper Make(string? weights = null, params string[] prefer)
    {
        List<ConfigError> errors = [];
        LoadBalanceShaper shaper = Make(weights, errors, prefer);
        Assert.Empty(errors);
        return shaper;
    }

    private static DnsMessage AnswerTo(string name, ushort type, params DnsRecord[] answers)
    {
        DnsMessage answer = DnsMessage.Query(name, type);
        answer.Flags |= HeaderBits.Response;
        answer.Answers.AddRange(answers);
        return answer;
    }

    private static DnsMessage Shape(LoadBalanceShaper shaper, DnsMessage answer, bool compress = true)
    {
        byte[] message = answer.Encode(compress);
        shaper.Shape(message, QuestionEnd(answer), (RecordType)answer.Question.Type);
        return DnsMessage.Decode(message);
    }

    private static int QuestionEnd(DnsMessage answer) =>
        DnsMessage.HeaderLength + DnsName.ToWire(answer.Question.Name).Length + 4;

    private static DnsMessage Addresses(int count, uint firstTtl = 100) => AnswerTo(
        "www.example.",
        RrType.A,
        [.. Enumerable.Range(1, count).Select(i => DnsRecord.A("www.example.", $"192.0.2.{i}", firstTtl + (uint)i))]);

    [Fact]
    public void Shape_Addresses_ComeInEveryOrderAndNoneIsLost()
    {
        LoadBalanceShaper shaper = Make();
        HashSet<string> orders = [];
        for (int i = 0; i < 400; i++)
        {
            DnsMessage shaped = Shape(shaper, Addresses(3));
            orders.Add(string.Join(' ', shaped.Answers.Select(r => r.Address)));
            Assert.All(shaped.Answers, r => Assert.Equal(100u + uint.Parse(r.Address.Split('.')[3]), r.Ttl));
        }

        Assert.Equal(6, orders.Count);
    }

    [Fact]
    public void Shape_ChainAndOtherRecords_KeepTheirPlaces()
    {
        LoadBalanceShaper shaper = Make();
        DnsMessage answer = AnswerTo(
            "www.example.",
            RrType.Aaaa,
            DnsRecord.Cname("www.example.", "a.example."),
            DnsRecord.Cname("a.example.", "b.example."),
            DnsRecord.Aaaa("b.example.", "2001:db8::1"),
            DnsRecord.Aaaa("B.example.", "2001:db8::2"),
            DnsRecord.Txt("b.example.", "x"));
        answer.Authority.Add(DnsRecord.Ns("example.", "ns.example."));
        answer.Additional.Add(DnsRecord.A("ns.example.", "192.0.2.1"));
        answer.Additional.Add(DnsRecord.A("ns.example.", "192.0.2.2"));
        HashSet<string> firsts = [];
        for (int i = 0; i < 100; i++)
        {
            DnsMessage shaped = Shape(shaper, answer);
            Assert.Equal(["a.example.", "b.example."], shaped.Answers.Take(2).Select(r => r.Target));
            Assert.Equal(["2001:db8::1", "2001:db8::2"], shaped.Answers.Skip(2).Take(2).Select(r => r.Address).Order());
            Assert.Equal("x", shaped.Answers[4].Text);
            Assert.Equal("ns.example.", shaped.Authority[0].Target);
            firsts.Add(shaped.Answers[2].Address);
            firsts.Add(shaped.Additional[0].Address);
        }

        Assert.Equal(4, firsts.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Shape_CnameBehindAddresses_ComesFirstWhereNothingPointsAtIt(bool compress)
    {
        DnsMessage answer = AnswerTo(
            "www.example.", RrType.A, DnsRecord.A("z.test.", "192.0.2.1"), DnsRecord.Cname("www.example.", "z.test."));
        DnsMessage shaped = Shape(Make(), answer, compress);

        // Compressed, the CNAME's target points at the owner of the record before it: nothing may move then.
        Assert.Equal(compress ? RrType.A : RrType.Cname, shaped.Answers[0].Type);
        Assert.Equal(["www.example.", "z.test."], shaped.Answers.Select(r => r.Name).Order());
        Assert.Equal("z.test.", shaped.Answers.Single(r => r.Type == RrType.Cname).Target);
    }

    [Fact]
    public void Shape_Mail_IsShuffledAndNoneIsLost()
    {
        LoadBalanceShaper shaper = Make();
        DnsMessage answer = AnswerTo(
            "example.",
            RrType.Mx,
            [.. Enumerable.Range(1, 4).Select(i => DnsRecord.Mx("example.", (ushort)i, new string('m', i) + $".host{i}."))]);
        HashSet<string> orders = [];
        for (int i = 0; i < 300; i++)
        {
            DnsMessage shaped = Shape(shaper, answer, compress: false);
            Assert.Equal(
                answer.Answers.Select(r => Convert.ToHexString(r.Data)).Order(),
                shaped.Answers.Select(r => Convert.ToHexString(r.Data)).Order());
            orders.Add(string.Join(' ', shaped.Answers.Select(r => r.Data[1])));
        }

        Assert.Equal(24, orders.Count);
    }

    [Fact]
    public void Shape_MailThatPointsAtItself_StaysReadable()
    {
        LoadBalanceShaper shaper = Make();
        DnsMessage answer = AnswerTo(
            "example.", RrType.Mx, DnsRecord.Mx("example.", 1, "mail.other."), DnsRecord.Mx("example.", 2, "alt.mail.other."));
        for (int i = 0; i < 50; i++)
        {
            DnsMessage shaped = Shape(shaper, answer, compress: true);
            Assert.Equal(answer.Answers.Select(r => r.Data), shaped.Answers.Select(r => r.Data));
        }
    }

    [Theory]
    [InlineData(RrType.Axfr, Rcode.NoError)]
    [InlineData(RrType.Ixfr, Rcode.NoError)]
    [InlineData(RrType.A, Rcode.NxDomain)]
    [InlineData(RrType.A, Rcode.ServFail)]
    public void Shape_TransfersAndErrors_AreLeftAlone(ushort type, int rcode)
    {
        LoadBalanceShaper shaper = Make();
        DnsMessage answer = Addresses(8);
        answer.Questions[0] = answer.Question with { Type = type };
        answer.Rcode = rcode;
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(answer.Answers.Select(r => r.Address), Shape(shaper, answer).Answers.Select(r => r.Address));
        }
    }

    [Fact]
    public void Shape_Prefer_PutsNetworksFirstInTheirOrder()
    {
        LoadBalanceShaper shaper = Make(null, "192.0.2.6/32", "192.0.2.2/31");
        HashSet<string> rest = [];
        for (int i = 0; i < 200; i++)
        {
            string[] order = [.. Shape(shaper, Addresses(6)).Answers.Select(r => r.Address)];
            Assert.Equal("192.0.2.6", order[0]);
            Assert.Equal(["192.0.2.2", "192.0.2.3"], order[1..3].Order());
            Assert.Equal(["192.0.2.1", "192.0.2.4", "192.0.2.5"], order[3..].Order());
            rest.Add(string.Join(' ', order));
        }

        Assert.True(rest.Count > 6);
    }

    [Fact]
    public void Shape_Weighted_PutsAddressesFirstByTheirWeight()
    {
        LoadBalanceShaper shaper = Make("# weights\nwww.Example\n192.0.2.1 3\n192.0.2.2 1\n192.0.2.3 2\n");
        int[] firsts = new int[4];
        const int Rounds = 12_000;
        for (int i = 0; i < Rounds; i++)
        {
            firsts[Shape(shaper, Addresses(3)).Answers[0].Data[3]]++;
        }

        Assert.InRange(firsts[1], Rounds * 0.46, Rounds * 0.54);
        Assert.InRange(firsts[2], Rounds * 0.13, Rounds * 0.20);
        Assert.InRange(firsts[3], Rounds * 0.30, Rounds * 0.37);
    }

    [Fact]
    public void RefreshIfDue_WeightFile_IsReadAgainAndABadOneChangesNothing()
    {
        LoadBalanceShaper shaper = Make("www.example\n192.0.2.1 255\n");
        File.WriteAllText(_path, "www.example\n192.0.2.2 255 \n\n");
        Assert.False(shaper.RefreshIfDue(29_999));
        Assert.True(shaper.RefreshIfDue(30_000));
        Assert.True(Enumerable.Range(0, 200).Count(_ => Shape(shaper, Addresses(2)).Answers[0].Data[3] == 2) > 180);

        File.WriteAllText(_path, "192.0.2.2 255\n");
        Assert.False(shaper.RefreshIfDue(60_000));
        Assert.Contains("the old weights stay", Assert.Single(_log));
        Assert.True(Enumerable.Range(0, 200).Count(_ => Shape(shaper, Addresses(2)).Answers[0].Data[3] == 2) > 180);
    }

    [Theory]
    [InlineData("192.0.2.1\n")]
    [InlineData("192.0.2.1 5\n")]
    [InlineData("a.example\n192.0.2.1 0\n")]
    [InlineData("a.example\n192.0.2.1 256\n")]
    [InlineData("a.example\n192.0.2 x y\n")]
    public void Compile_BadWeightFile_IsAnErrorWithLine(string text)
    {
        List<ConfigError> errors = [];
        Make(text, errors);
        Assert.Matches(@"^Corefile:2:1: loadbalance: .*: line \d: expected", Assert.Single(errors).ToString());
    }

    [Fact]
    public void Shape_AnyAnswer_AllocatesNothing()
    {
        LoadBalanceShaper robin = Make(null, "192.0.2.3/32");
        LoadBalanceShaper weighted = Make("www.example\n192.0.2.1 3\n");
        DnsMessage answer = Addresses(10);
        byte[] message = answer.Encode(compress: true);
        int end = QuestionEnd(answer);
        Assert.Equal(0, Asked.Allocated(() => robin.Shape(message, end, RecordType.A)));
        Assert.Equal(0, Asked.Allocated(() => weighted.Shape(message, end, RecordType.A)));
    }

    [Fact]
    public void Shape_RandomBytes_NeverThrows()
    {
        LoadBalanceShaper shaper = Make();
        byte[] seed = AnswerTo(
            "e.", RrType.Mx, DnsRecord.A("e.", "192.0.2.1"), DnsRecord.Cname("e.", "f."), DnsRecord.Mx("e.", 1, "m."), DnsRecord.Mx("e.", 2, "n.m."))
            .Encode(compress: true);
        Random random = new(5);
        for (int round = 0; round < 50_000; round++)
        {
            byte[] message = [.. seed];
            for (int i = random.Next(1, 5); i > 0; i--)
            {
                message[random.Next(12, message.Length)] = (byte)random.Next(256);
            }

            shaper.Shape(message, 12 + 3 + 4, RecordType.MX);
        }
    }
}
