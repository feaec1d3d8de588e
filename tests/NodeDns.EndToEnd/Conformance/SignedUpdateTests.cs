using System.Linq;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Conformance;

/// <summary>
/// Dynamic updates, which go from DHCP servers and external-dns to the primary itself. One that comes here by mistake is
/// told so, signed or not, and reaches no upstream: a copy without its signature would be worse than none.
/// </summary>
public sealed class SignedUpdateTests(PlainServer fixture) : ServerTests<PlainServer>(fixture)
{
    private const ushort Tsig = 250;
    private const ushort AnyClass = 255;

    [Theory]
    [Trait("Drill", "TSIG update")]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Update_IsNotImplementedAndNeverForwarded(bool isSigned, bool tcp)
    {
        string zone = NewName();
        DnsMessage update = DnsMessage.Query(zone, RrType.Soa).Change(m =>
        {
            m.Opcode = Opcode.Update;
            m.Authority.Add(DnsRecord.A("host." + zone, "192.0.2.5"));
            if (isSigned)
            {
                m.Additional.Add(new DnsRecord("key.example.", Tsig, AnyClass, 0, Signature()));
            }
        });
        DnsMessage answer = tcp ? await Client.TcpAsync(update) : await Client.UdpAsync(update);
        Assert.Equal((Rcode.NotImp, Opcode.Update, update.Id), (answer.Rcode, answer.Opcode, answer.Id));
        Assert.Empty(answer.AllRecords);
        Assert.Equal((0, 0), (Upstream.Count(zone), Upstream.Count("host." + zone)));
    }

    [Theory]
    [Trait("Drill", "TSIG update")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SignedQuery_IsAnsweredWithoutASignatureOfOurs(bool tcp)
    {
        string name = NewName();
        DnsMessage query = DnsMessage.Query(name).Change(
            m => m.Additional.Add(new DnsRecord("key.example.", Tsig, AnyClass, 0, Signature())));
        DnsMessage answer = tcp ? await Client.TcpAsync(query) : await Client.UdpAsync(query);
        AssertAddress("192.0.2.1", answer);
        Assert.DoesNotContain(answer.AllRecords, record => record.Type == Tsig);
        Assert.DoesNotContain(Assert.Single(Upstream.QueriesFor(name)).Message.AllRecords, record => record.Type == Tsig);
    }

    /// <summary>RFC 8945 §4.2: algorithm, time, fudge, a MAC of 32 bytes, original id, no error.</summary>
    private static byte[] Signature() =>
    [
        .. DnsName.ToWire("hmac-sha256."), 0, 0, 0x69, 0x2B, 0, 0, 0x01, 0x2C, 0, 32, .. Enumerable.Range(0, 32).Select(i => (byte)i),
        0x12, 0x34, 0, 0, 0, 0,
    ];
}
