using System;
using System.Linq;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Upstreams;

/// <summary>An upstream that sends anything but an answer: the next one is asked, and a counter says what it was.</summary>
[Collection(AloneCollection.Name)]
public sealed class BadUpstreamTests
{
    [Theory]
    [InlineData("silent", "timeout")]
    [InlineData("garbage", "wrong_id")]
    [InlineData("wrong question", "wrong_question")]
    [InlineData("query", "not_a_response")]
    [InlineData("cut record", "malformed")]
    [InlineData("cname loop", "malformed")]
    public async Task OverUdp_TheNextUpstreamAnswersAndTheCauseIsCounted(string kind, string cause)
    {
        await using TwoUpstreams two = await TwoUpstreams.StartAsync("read_timeout 300ms\n max_fails 0");
        two.First.Override = q => q.IsTcp || q.Type != RrType.A ? null : Reply(kind, q);
        for (int i = 0; i < 3; i++)
        {
            (DnsMessage answer, TimeSpan took) = await two.AskAsync();
            Assert.Equal((Rcode.NoError, "192.0.2.1"), (answer.Rcode, answer.Answers[^1].Address));
            Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        }

        await Task.Delay(400);
        Assert.True(await two.ErrorsAsync(two.First, cause) >= 1, cause);
        Assert.True(two.Server.IsAlive);
    }

    [Theory]
    [InlineData("closed in mid-message", "connection_lost")]
    [InlineData("short frame", "timeout")]
    [InlineData("cut record", "malformed")]
    [InlineData("truncated over tcp", "malformed")]
    public async Task OverTcp_TheNextUpstreamAnswersAndTheCauseIsCounted(string kind, string cause)
    {
        await using TwoUpstreams two = await TwoUpstreams.StartAsync("force_tcp\n read_timeout 300ms\n max_fails 0");
        two.First.Override = q => q.Type != RrType.A ? null : kind switch
        {
            "closed in mid-message" => UpstreamReply.FromDnsMessage(q.Address("192.0.2.9")).CloseAfter(9),
            "truncated over tcp" => q.Error(Rcode.NoError).With(HeaderBits.Truncated),
            "short frame" => UpstreamReply.Raw([1, 2, 3]),
            _ => Reply(kind, q),
        };
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("192.0.2.1", (await two.AskAsync()).Answer.Answers[0].Address);
        }

        await Task.Delay(400);
        Assert.True(await two.ErrorsAsync(two.First, cause) >= 1, cause);
    }

    [Fact]
    [Trait("Statement", "2.2 large RRsets")]
    public async Task AnswerOf65535Bytes_IsCutForUdpWholeForTcpAndHarmsNothing()
    {
        await using TwoUpstreams two = await TwoUpstreams.StartAsync("force_tcp");
        string name = ServerFixture.NewName();
        two.First.On(name, q => Huge(q));
        DnsMessage cut = await two.Client.UdpAsync(name, RrType.Txt);
        Assert.True(cut.Truncated);
        DnsMessage whole = await two.Client.TcpAsync(name, RrType.Txt);
        Assert.True(whole.Answers.Count > 250);
        Assert.Equal(Rcode.NoError, (await two.AskAsync()).Answer.Rcode);
    }

    [Fact]
    [Trait("Statement", "2.2 NXNS")]
    public async Task ChainOfCnames_IsOneAnswerAndNoFurtherQuestion()
    {
        await using TwoUpstreams two = await TwoUpstreams.StartAsync();
        string name = ServerFixture.NewName();
        two.First.On(name, q => q.Answer([.. Enumerable.Range(0, 20).Select(
            i => DnsRecord.Cname(i == 0 ? q.Name : $"c{i}.example.", $"c{i + 1}.example.", 60))]));
        int before = two.First.Queries.Count + two.Second.Queries.Count;
        (DnsMessage answer, _) = await two.AskAsync(name);
        Assert.Equal(20, answer.Answers.Count);
        Assert.Equal(before + 1, two.First.Queries.Count + two.Second.Queries.Count);
    }

    [Fact]
    [Trait("Statement", "2.2 rogue upstream")]
    public async Task EveryIdThereIs_OnlyTheTrueAnswerIsTaken()
    {
        await using TwoUpstreams two = await TwoUpstreams.StartAsync(upstreams: t => $"127.0.0.1:{t.First.Port}");
        string name = ServerFixture.NewName();
        two.First.On(name, q => q.IsTcp
            ? q.Address("192.0.2.1")
            : UpstreamReply.Raw([.. Enumerable.Range(0, 65536).Where(id => id != q.Message.Id).Select(id =>
            {
                byte[] forged = q.Address("6.6.6.6").Encode();
                (forged[0], forged[1]) = ((byte)(id >> 8), (byte)id);
                return forged;
            })]));
        Assert.Equal("192.0.2.1", (await two.AskAsync(name)).Answer.Answers[0].Address);
        Assert.Equal("192.0.2.1", (await two.AskAsync()).Answer.Answers[0].Address);
        Assert.Equal(1, await two.MetricAsync("nodedns_upstream_up", two.First));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(22)]
    [InlineData(23)]
    public async Task ExtendedErrorOfTheUpstream_IsToldAsItsOwnAndBlamesNobodyHere(int code)
    {
        await using FakeUpstream upstream = new();
        await using OneServer one = await OneServer.StartAsync($"127.0.0.1:{upstream.Port}", directives: "errors\ncache");
        string name = ServerFixture.NewName();
        upstream.On(name, q => q.Error(Rcode.ServFail).WithEdns(e => e.WithError((ushort)code, "behind it")));
        DnsMessage answer = await one.AskAsync(name);
        ExtendedDnsError error = Assert.Single(answer.Edns!.Errors);
        Assert.Equal((Rcode.ServFail, code, $"upstream 127.0.0.1:{upstream.Port}"), (answer.Rcode, error.Code, error.Text));
        string line = $"{name} A: the upstream says so (127.0.0.1:{upstream.Port})";
        Assert.True(await one.Server.WaitForOutputAsync(line), one.Server.Output);
    }

    private static UpstreamReply Reply(string kind, UpstreamQuery q) => kind switch
    {
        "silent" => UpstreamReply.Silence,
        "garbage" => UpstreamReply.Raw([], [1], [1, 2, 3], new byte[600]),
        "wrong question" => UpstreamReply.Raw(q.Address("6.6.6.6").Change(m =>
        {
            m.Questions.Clear();
            m.Questions.Add(new DnsQuestion("other.example.", RrType.A));
        }).Encode()),
        "query" => UpstreamReply.Raw(q.Bytes),
        "cut record" => UpstreamReply.Raw(q.Address("6.6.6.6").Change(m => m.Edns = null).Encode()[..^3]),
        _ => UpstreamReply.Raw(Loop(q)),
    };

    /// <summary>A CNAME whose data points at itself.</summary>
    private static byte[] Loop(UpstreamQuery q)
    {
        byte[] head = q.Error(Rcode.NoError).Change(m => m.Edns = null).Encode();
        head[7] = 1;
        int data = head.Length + 12;
        return [.. head, 0xC0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 2, (byte)(0xC0 | (data >> 8)), (byte)data];
    }

    private static DnsMessage Huge(UpstreamQuery q)
    {
        DnsMessage huge = q.Error(Rcode.NoError).Change(m => m.Edns = null);
        while (true)
        {
            byte[] text = [240, .. Enumerable.Repeat((byte)huge.Answers.Count, 240)];
            huge.Answers.Add(new DnsRecord(q.Name, RrType.Txt, RrClass.In, 300, text));
            if (huge.Encode(compress: true).Length > 65535)
            {
                huge.Answers.RemoveAt(huge.Answers.Count - 1);
                return huge;
            }
        }
    }
}
