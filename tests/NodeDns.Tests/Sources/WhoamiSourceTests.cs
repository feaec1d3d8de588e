using System.Linq;
using NodeDns.Filters;
using NodeDns.Sources;
using NodeDns.TestKit;
using NodeDns.Tests.Filters;
using NodeDns.Wire;
using Xunit;

namespace NodeDns.Tests.Sources;

public class WhoamiSourceTests
{
    private static DnsMessage Answer(Asked asked) => asked.Answer((in QueryContext query, ref ResponseWriter writer) =>
    {
        SourceResult detail = new();
        return WhoamiSource.TryAnswer(query, ref writer, ref detail) == SourceVerdict.Answered;
    });

    [Theory]
    [InlineData("10.9.8.7", false, RrType.A, "_udp.who.example.")]
    [InlineData("2001:db8::7", true, RrType.Aaaa, "_tcp.who.example.")]
    public void TryAnswer_AnyQuestion_TellsAddressPortAndTransport(string client, bool isTcp, ushort type, string service)
    {
        DnsMessage answer = Answer(new Asked("who.example.", client: client, isTcp: isTcp));

        Assert.True(answer.Authoritative);
        Assert.Empty(answer.Answers);
        Assert.Equal(("who.example.", type, 0u, client),
            (answer.Additional[0].Name, answer.Additional[0].Type, answer.Additional[0].Ttl, answer.Additional[0].Address));
        Assert.Equal((service, RrType.Srv), (answer.Additional[1].Name, answer.Additional[1].Type));
        Assert.Equal([0, 0, 0, 0, 0x9C, 0x40, 0], answer.Additional[1].Data);
    }

    [Fact]
    public void TryAnswer_LongestName_LeavesTheServiceOut()
    {
        string name = string.Concat(Enumerable.Repeat("a.", 127));
        Assert.Single(Answer(new Asked(name)).Additional);
    }
}
