using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Conformance;

/// <summary>Queries and how they are read: M1 to M9.</summary>
public sealed class CoreMessageTests(PlainServer fixture) : ServerTests<PlainServer>(fixture)
{
    private const string Tsig = "00 00FA 00FF 00000000 0000";

    private static string FourLongLabels => string.Concat(Enumerable.Repeat("3F" + new string('6', 126), 4));

    [Theory]
    [Trait("Statement", "M1")]
    [InlineData(65280, RrClass.In)]
    [InlineData(1000, RrClass.In)]
    [InlineData(RrType.Txt, RrClass.Chaos)]
    [InlineData(RrType.A, RrClass.Hesiod)]
    [InlineData(64, RrClass.In)]
    public async Task M1_UnknownTypesAndClasses_AreForwarded(ushort type, ushort @class)
    {
        string name = NewName();
        Upstream.On(name, type, q => q.Answer(new DnsRecord(q.Name, type, @class, 60, [1, 2, 3, 4])));
        DnsMessage answer = await Client.UdpAsync(DnsMessage.Query(name, type, @class));
        Assert.Equal(Rcode.NoError, answer.Rcode);
        Assert.Equal([1, 2, 3, 4], Assert.Single(answer.Answers).Data);
        Assert.Equal(new DnsQuestion(name, type, @class), answer.Question);
        Assert.Equal(@class, Assert.Single(Upstream.QueriesFor(name, type)).Message.Question.Class);
    }

    [Theory]
    [Trait("Statement", "M1")]
    [InlineData(HeaderBits.AuthenticData)]
    [InlineData(HeaderBits.CheckingDisabled)]
    [InlineData(HeaderBits.Reserved)]
    [InlineData(HeaderBits.Authoritative)]
    [InlineData(HeaderBits.Truncated)]
    [InlineData(HeaderBits.RecursionAvailable)]
    public async Task M1_QueriesWithAnyFlag_AreAnswered(ushort flag)
    {
        string name = NewName();
        AssertAddress("192.0.2.1", await Client.UdpAsync(DnsMessage.Query(name).With(flag)));
        Assert.Equal(1, Upstream.Count(name));
    }

    [Fact]
    [Trait("Statement", "M2")]
    public async Task M2_ReservedBit_IsZeroInAnswers()
    {
        string name = NewName();
        Upstream.On(name, q => q.Address("192.0.2.2").With(HeaderBits.Reserved));
        Assert.False((await Client.UdpAsync(DnsMessage.Query(name).With(HeaderBits.Reserved))).Reserved);
        Assert.False((await Client.UdpAsync(DnsMessage.Query(name).With(HeaderBits.Reserved))).Reserved);
    }

    [Fact]
    [Trait("Statement", "M3")]
    public async Task M3_UnknownOpcodeHeaderOnly_GetsEmptyNotImp()
    {
        byte[] answer = (await Client.UdpRawAsync([0x12, 0x34, 0x79, 0x20, 0, 0, 0, 0, 0, 0, 0, 0]))!;
        Assert.Equal("1234F8040000000000000000", Convert.ToHexString(answer));
    }

    [Theory]
    [Trait("Statement", "M3")]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(15)]
    public async Task M3_UnknownOpcodeWithQuestionAndEdns_GetsNotImpWithoutEither(int opcode)
    {
        string name = NewName();
        DnsMessage query = DnsMessage.Query(name).WithEdns().Change(m => m.Opcode = opcode);
        DnsMessage answer = await Client.UdpAsync(query);
        Assert.Equal((Rcode.NotImp, opcode), (answer.Rcode, answer.Opcode));
        Assert.False(answer.Authoritative || answer.AuthenticData);
        Assert.Empty(answer.AllRecords);
        Assert.Equal(0, Upstream.Count(name));
    }

    public static TheoryData<string, string> FormatErrors => new()
    {
        { "no question", "0001 0100 0000 0000 0000 0000" },
        { "two questions", "0001 0100 0002 0000 0000 0000 0161 00 0001 0001 0162 00 0001 0001" },
        { "question cut in its name", "0001 0100 0001 0000 0000 0000 0561" },
        { "question cut in its class", "0001 0100 0001 0000 0000 0000 0161 00 0001 00" },
        { "name longer than 255", "0001 0100 0001 0000 0000 0000" + FourLongLabels + "00 0001 0001" },
        { "name of the unknown label type 0x40", "0001 0100 0001 0000 0000 0000 4161 00 0001 0001" },
        { "name that is a pointer to itself", "0001 0100 0001 0000 0000 0000 C00C 0001 0001" },
        { "record cut in its header", "0001 0100 0001 0000 0000 0001 0161 00 0001 0001 00 0029 04" },
        { "record cut in its data", "0001 0100 0001 0000 0000 0001 0161 00 0001 0001 00 0001 0001 00000000 0004 0102" },
        { "additional record promised, none there", "0001 0100 0001 0000 0000 0001 0161 00 0001 0001" },
        { "TSIG not last", "0001 0100 0001 0000 0000 0002 0161 00 0001 0001" + Tsig + "00 0001 0001 00000000 0004 01020304" },
        { "question type OPT", "0001 0100 0001 0000 0000 0000 0161 00 0029 0001" },
    };

    [Theory]
    [Trait("Statement", "M4")]
    [MemberData(nameof(FormatErrors))]
    public async Task M4_MalformedQueries_GetTwelveByteFormErr(string what, string hex)
    {
        byte[] query = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        byte[] answer = await Client.UdpRawAsync(query, TimeSpan.FromSeconds(2)) ?? [];
        Assert.True(answer.Length == 12, $"{what}: {Convert.ToHexString(answer)}");
        Assert.Equal([0, 1], answer[..2]);
        Assert.Equal(0x80, answer[2] & 0xF8);
        Assert.Equal(Rcode.FormErr, answer[3] & 15);
        Assert.All(answer[4..], b => Assert.Equal(0, b));
    }

    [Fact]
    [Trait("Statement", "M4")]
    public async Task M4_OptWithAnOwner_GetsFormErr()
    {
        byte[] answer = (await Client.UdpRawAsync(Convert.FromHexString(
            "0001010000010000000000010161000001000101620000290400000000000000")))!;
        Assert.Equal(Rcode.FormErr, DnsMessage.Decode(answer).Rcode);
    }

    [Fact]
    [Trait("Statement", "M5")]
    public async Task M5_TwoQuestions_GetFormErrAndNothingGoesUpstream()
    {
        string name = NewName();
        DnsMessage query = DnsMessage.Query(name);
        query.Questions.Add(new DnsQuestion(NewName(), RrType.A));
        Assert.Equal(Rcode.FormErr, (await Client.UdpAsync(query)).Rcode);
        Assert.Equal(0, Upstream.Count(name));
    }

    [Theory]
    [Trait("Statement", "M6")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task M6_HeaderOnlyQuery_IsAnsweredNotIgnored(bool tcp)
    {
        DnsMessage query = DnsMessage.Query(".");
        query.Questions.Clear();
        DnsMessage answer = tcp ? await Client.TcpAsync(query) : await Client.UdpAsync(query);
        Assert.Contains(answer.Rcode, (IEnumerable<int>)[Rcode.FormErr, Rcode.NotImp]);
    }

    [Fact]
    [Trait("Statement", "M7")]
    [Trait("Statement", "2.2 reflection")]
    public async Task M7_PacketsWithQrSet_AreDropped()
    {
        string name = NewName();
        DnsMessage query = DnsMessage.Query(name).With(HeaderBits.Response);
        using var socket = Client.ConnectUdp();
        await socket.SendAsync(query.Encode());
        DnsMessage probe = DnsMessage.Query(NewName());
        await socket.SendAsync(probe.Encode());
        Assert.Equal(probe.Id, DnsMessage.Decode((await DnsClient.ReceiveAsync(socket, DnsClient.DefaultTimeout))!).Id);
        Assert.Null(await DnsClient.ReceiveAsync(socket, TimeSpan.FromMilliseconds(200)));
        Assert.Equal(0, Upstream.Count(name));
    }

    [Fact]
    [Trait("Statement", "M8")]
    public async Task M8_UnknownTypeData_ComesThroughByteByByte()
    {
        string name = NewName();
        byte[] data = [0xC0, 0x0C, 0x03, 0xC0, 0x0C, 0x00, 0xFF, 0xC0];
        Upstream.On(name, q => q.Answer(
            DnsRecord.Unknown(q.Name, 65280, data), DnsRecord.Unknown(q.Name, 65280, [0xC0, 0x00])));
        for (int i = 0; i < 2; i++)
        {
            DnsMessage answer = await Client.UdpAsync(name, 65280);
            Assert.Equal([data, [0xC0, 0x00]], answer.Answers.Select(r => r.Data));
        }

        Assert.Equal(1, Upstream.Count(name));
    }

    [Fact]
    [Trait("Statement", "M8")]
    public async Task M8_WellKnownTypes_KeepTheirNames()
    {
        string name = NewName();
        Upstream.On(name, q => q.Answer(
            DnsRecord.Mx(q.Name, 10, "mail." + q.Name), DnsRecord.Mx(q.Name, 20, "mail2.example.")));
        for (int i = 0; i < 2; i++)
        {
            DnsMessage answer = await Client.UdpAsync(name, RrType.Mx);
            Assert.Equal([[0, 10, .. DnsName.ToWire("mail." + name)], [0, 20, .. DnsName.ToWire("mail2.example.")]],
                answer.Answers.Select(r => r.Data));
        }
    }

    [Fact]
    [Trait("Statement", "M9")]
    public async Task M9_OtherCaseOfACachedName_IsAHitWithTheClientsCase()
    {
        string name = NewName("example.org.");
        await CacheAsync(name);
        string shouted = name.ToUpperInvariant();
        DnsMessage answer = await Client.UdpAsync(shouted);
        AssertAddress("192.0.2.1", answer);
        Assert.Equal(shouted, answer.Question.Name);
        Assert.Equal(1, Upstream.Count(name));
    }

    [Fact]
    [Trait("Statement", "M9")]
    public async Task M9_MissWithMixedCase_EchoesTheQuestionExactly()
    {
        string name = "wWw." + NewName("ExAmPlE.");
        Assert.Equal(name, (await Client.UdpAsync(name)).Question.Name);
        Assert.Equal(name, (await Client.TcpAsync(name)).Question.Name);
    }
}
