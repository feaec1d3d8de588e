using System;
using System.Linq;
using System.Threading.Tasks;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Fixtures;

/// <summary>The measuring tools measured: what the fake upstream says, dig must understand.</summary>
public sealed class FakeUpstreamTests
{
    [Fact]
    public async Task Dig_AsksTheFakeUpstream_ReadsWhatWasScripted()
    {
        await using var upstream = new FakeUpstream();
        upstream.On("www.example.", RrType.A, q => q
            .Answer(DnsRecord.Cname(q.Name, "web.example."), DnsRecord.A("web.example.", "192.0.2.7"))
            .Change(m => m.Authority.Add(DnsRecord.Soa("example.", 60, 30)))
            .Change(m => m.Edns?.WithError(15, "for a reason")));
        Dig dig = await Dig.RunAsync(upstream.Port, "www.example. a");
        Assert.Equal("NOERROR", dig.Status);
        Assert.Equal((2, 1), (dig.Answers, dig.Authority));
        Assert.True(dig.HasRecord("A") && dig.HasRecord("SOA"));
        Assert.Equal([15], dig.ExtendedErrors);
        Assert.Equal("0", dig.EdnsVersion);
        Assert.DoesNotContain("Warning", dig.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(1, upstream.Count("WWW.example.", RrType.A));
    }

    [Fact]
    public async Task Dig_GetsATruncatedAnswer_RetriesOverTcp()
    {
        await using var upstream = new FakeUpstream();
        upstream.On("big.example.", RrType.Txt, q => q.Answer(DnsRecord.Txt(q.Name, new string('x', 3000))));
        Dig dig = await Dig.RunAsync(upstream.Port, "big.example. txt");
        Assert.Equal("NOERROR", dig.Status);
        Assert.Equal([false, true], upstream.QueriesFor("big.example.").Select(q => q.IsTcp));
    }

    [Fact]
    public void Encode_AllParts_DecodesToTheSame()
    {
        DnsMessage message = DnsMessage.Query("a.example.", RrType.Mx).WithEdns(e => e.With(10, 1, 2, 3));
        message.Answers.Add(DnsRecord.Mx("a.example.", 5, "mail.example."));
        message.Answers.Add(DnsRecord.Unknown("a.example.", 65280, [0xC0, 12, 0xFF]));
        message.Authority.Add(DnsRecord.Soa("example.", 900, 60));
        foreach (bool compress in (bool[])[false, true])
        {
            DnsMessage read = DnsMessage.Decode(message.Encode(compress));
            Assert.Equal(message.ToString(), read.ToString());
            Assert.Equal(message.AllRecords.Select(r => Convert.ToHexString(r.Data)),
                read.AllRecords.Select(r => Convert.ToHexString(r.Data)));
            Assert.Equal([1, 2, 3], read.Edns!.Options[0].Data);
            Assert.True(read.EdnsIsLast && read.TrailingBytes == 0);
        }
    }
}
