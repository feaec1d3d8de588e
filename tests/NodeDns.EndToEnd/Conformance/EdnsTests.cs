using System;
using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Conformance;

/// <summary>EDNS(0) towards clients: E1 to E10 and the cleartext half of E12.</summary>
public sealed class EdnsTests(PlainServer fixture) : ServerTests<PlainServer>(fixture)
{
    [Fact]
    [Trait("Statement", "E1")]
    public async Task E1_QueryWithoutOpt_GetsNoOptAndAtMost512Bytes()
    {
        string small = NewName();
        string large = NewName();
        Upstream.On(small, q => q.Address("192.0.2.1").WithEdns(e => e.With(EdnsOptionCode.Nsid, 1, 2)));
        Upstream.On(large, RrType.Txt, q => q.Answer(DnsRecord.Txt(q.Name, new string('x', 700))));
        Assert.Null((await Client.UdpAsync(small)).Edns);
        Assert.Null((await Client.UdpAsync(small)).Edns);
        for (int i = 0; i < 2; i++)
        {
            DnsMessage cut = await Client.UdpAsync(large, RrType.Txt);
            Assert.True(cut is { Truncated: true, Edns: null, Length: <= 512 }, cut.ToString());
        }
    }

    [Fact]
    [Trait("Statement", "E2")]
    public async Task E2_QueryWithOpt_GetsOwnOptWithDoCopied()
    {
        string name = NewName();
        foreach (bool dnssecOk in (bool[])[false, true, false, true])
        {
            DnsMessage query = DnsMessage.Query(name).WithEdns(e => e.UdpSize = 4096).WithEdns(e => e.DnssecOk = dnssecOk);
            DnsMessage answer = await Client.UdpAsync(query);
            Assert.Equal((0, 1232, dnssecOk), (answer.Edns!.Version, answer.Edns.UdpSize, answer.Edns.DnssecOk));
            Assert.True(answer.EdnsIsLast);
        }
    }

    [Theory]
    [Trait("Statement", "E3")]
    [InlineData(1)]
    [InlineData(100)]
    public async Task E3_OtherVersion_GetsBadVersAndIsNotForwarded(byte version)
    {
        string name = NewName();
        DnsMessage answer = await Client.UdpAsync(DnsMessage.Query(name).WithEdns(e => e.Version = version));
        Assert.Equal(Rcode.BadVers, answer.Rcode);
        Assert.Equal(0, answer.Edns!.Version);
        Assert.Empty(answer.AllRecords);
        Assert.Equal(0, Upstream.Count(name));
    }

    [Fact]
    [Trait("Statement", "E4")]
    public async Task E4_UnknownOption_IsIgnoredAndNeitherEchoedNorForwarded()
    {
        string name = NewName();
        for (int i = 0; i < 2; i++)
        {
            DnsMessage answer = await Client.UdpAsync(DnsMessage.Query(name).WithEdns(e => e.With(100, 1, 2, 3)));
            AssertAddress("192.0.2.1", answer);
            Assert.Empty(answer.Edns!.Options);
        }

        Assert.DoesNotContain(Upstream.QueriesFor(name)[0].Message.Edns?.Options ?? [], o => o.Code == 100);
    }

    [Theory]
    [Trait("Statement", "E5")]
    [InlineData(0x40)]
    [InlineData(0x80)]
    [InlineData(0x7FFF)]
    public async Task E5_UnknownEdnsFlags_AreIgnoredAndNotEchoed(ushort flags)
    {
        string name = NewName();
        DnsMessage miss = await Client.UdpAsync(DnsMessage.Query(name).WithEdns(e => e.Flags = flags));
        DnsMessage hit = await Client.UdpAsync(DnsMessage.Query(name).WithEdns(e => e.Flags = flags));
        AssertAddress("192.0.2.1", miss);
        Assert.Equal((0, 0), (miss.Edns!.Flags, hit.Edns!.Flags));
    }

    [Fact]
    [Trait("Statement", "E6")]
    public async Task E6_SizeBelow512_CountsAs512()
    {
        string fits = NewName();
        string tooLong = NewName();
        Upstream.On(fits, RrType.Txt, q => q.Answer(DnsRecord.Txt(q.Name, new string('x', 380))));
        Upstream.On(tooLong, RrType.Txt, q => q.Answer(DnsRecord.Txt(q.Name, new string('x', 600))));
        for (int i = 0; i < 2; i++)
        {
            DnsMessage whole = await Client.UdpAsync(DnsMessage.Query(fits, RrType.Txt).WithEdns(e => e.UdpSize = 100));
            Assert.True(whole is { Truncated: false, Answers.Count: 1 }, whole.ToString());
            DnsMessage cut = await Client.UdpAsync(DnsMessage.Query(tooLong, RrType.Txt).WithEdns(e => e.UdpSize = 100));
            Assert.True(cut is { Truncated: true, Length: <= 512 }, cut.ToString());
        }
    }

    [Theory]
    [Trait("Statement", "E7")]
    [InlineData(600, 800)]
    [InlineData(1232, 1300)]
    [InlineData(4096, 2000)]
    [InlineData(65535, 60000)]
    public async Task E7_AnswerLargerThanTheClientTakes_IsTruncatedAndWholeOverTcp(ushort clientSize, int textLength)
    {
        string name = NewName();
        Upstream.On(name, RrType.Txt, q => q.Answer(DnsRecord.Txt(q.Name, new string('x', textLength))));
        for (int i = 0; i < 2; i++)
        {
            DnsMessage cut = await Client.UdpAsync(
                DnsMessage.Query(name, RrType.Txt).WithEdns(e => e.UdpSize = clientSize));
            Assert.True(cut is { Truncated: true, Edns: not null, Rcode: Rcode.NoError }, cut.ToString());
            Assert.Equal(name, cut.Question.Name);
            Assert.True(cut.Length <= Math.Min((int)clientSize, 1232));
            DnsMessage whole = await Client.TcpAsync(
                DnsMessage.Query(name, RrType.Txt).WithEdns(e => e.UdpSize = clientSize));
            Assert.Equal(textLength, Assert.Single(whole.Answers).Text.Length);
            Assert.False(whole.Truncated);
        }
    }

    [Fact]
    [Trait("Statement", "E7")]
    public async Task E7_OnlyTheAdditionalSectionDoesNotFit_IsDroppedWithoutTc()
    {
        string name = NewName();
        Upstream.On(name, RrType.Mx, q => q.Answer(DnsRecord.Mx(q.Name, 1, "mx." + q.Name)).Change(m =>
            m.Additional.AddRange(Enumerable.Range(0, 60).Select(i => DnsRecord.A("mx." + q.Name, $"192.0.2.{i}")))));
        DnsMessage answer = await Client.UdpAsync(DnsMessage.Query(name, RrType.Mx));
        Assert.True(answer is { Truncated: false, Answers.Count: 1, Length: <= 512 }, answer.ToString());
    }

    [Theory]
    [Trait("Statement", "E8")]
    [InlineData("two OPTs", "0001 0100 0001 0000 0000 0002 0161 00 0001 0001 00 0029 04D0 00000000 0000 00 0029 04D0 00000000 0000")]
    [InlineData("OPT in the answer section", "0001 0100 0001 0001 0000 0000 0161 00 0001 0001 00 0029 04D0 00000000 0000")]
    [InlineData("OPT with an owner", "0001 0100 0001 0000 0000 0001 0161 00 0001 0001 0162 00 0029 04D0 00000000 0000")]
    [InlineData("option past RDLENGTH", "0001 0100 0001 0000 0000 0001 0161 00 0001 0001 00 0029 04D0 00000000 0006 0064 0008 0102")]
    [InlineData("half an option header", "0001 0100 0001 0000 0000 0001 0161 00 0001 0001 00 0029 04D0 00000000 0003 0064 00")]
    public async Task E8_BrokenOpt_GetsFormErrWithOpt(string what, string hex)
    {
        byte[] bytes = (await Client.UdpRawAsync(
            Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))))!;
        Assert.True(bytes is not null, what);
        DnsMessage answer = DnsMessage.Decode(bytes);
        Assert.Equal((Rcode.FormErr, (ushort)1), (answer.Rcode, answer.Id));
        Assert.NotNull(answer.Edns);
        Assert.Empty(answer.AllRecords);
    }

    [Fact]
    [Trait("Statement", "E9")]
    public async Task E9_HundredsOfOptions_CostLittleAndAreNotAnsweredTwice()
    {
        string name = NewName();
        DnsMessage query = DnsMessage.Query(name).WithEdns();
        ushort[] codes = [EdnsOptionCode.Nsid, EdnsOptionCode.Padding, EdnsOptionCode.Keepalive, 100, 65001];
        for (int i = 0; i < 300; i++)
        {
            query.Edns!.With(codes[i % codes.Length]);
        }

        await Client.UdpAsync(DnsMessage.Query(name));
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; i < 200; i++)
        {
            DnsMessage answer = await Client.UdpAsync(query);
            Assert.Equal(Rcode.NoError, answer.Rcode);
            Assert.Equal(answer.Edns!.Options.Select(o => o.Code).Distinct().Count(), answer.Edns.Options.Count);
        }

        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(4));
    }

    [Fact]
    [Trait("Statement", "E10")]
    public async Task E10_OptOfOneClientOrOfTheUpstream_NeverReachesAnotherClient()
    {
        string name = NewName();
        Upstream.On(name, q => q.Address("192.0.2.1").WithEdns(e => e.With(EdnsOptionCode.Nsid, 9, 9)));
        DnsMessage first = await Client.UdpAsync(DnsMessage.Query(name).WithEdns(e => e.UdpSize = 4000));
        DnsMessage plain = await Client.UdpAsync(name);
        DnsMessage third = await Client.UdpAsync(DnsMessage.Query(name).WithEdns(e => e.UdpSize = 512));
        Assert.Null(plain.Edns);
        Assert.Equal((1232, 1232), (first.Edns!.UdpSize, third.Edns!.UdpSize));
        Assert.Empty(first.Edns.Options.Concat(third.Edns.Options));
        Assert.Equal(1, Upstream.Count(name));
    }

    [Theory]
    [Trait("Statement", "E12")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task E12_PaddingOverCleartext_IsIgnored(bool tcp)
    {
        string name = NewName();
        for (int i = 0; i < 2; i++)
        {
            DnsMessage query = DnsMessage.Query(name).WithEdns(e => e.With(EdnsOptionCode.Padding, new byte[100]));
            DnsMessage answer = tcp ? await Client.TcpAsync(query) : await Client.UdpAsync(query);
            AssertAddress("192.0.2.1", answer);
            Assert.Empty(answer.Edns!.Options);
        }

        Assert.DoesNotContain(Upstream.QueriesFor(name)[0].Message.Edns?.Options ?? [],
            o => o.Code == EdnsOptionCode.Padding);
    }
}
