using System;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Operations;

/// <summary>More than one upstream: the next is asked when one gives no answer, in the order written.</summary>
public sealed class FailoverTests(FailoverTests.ThreeUpstreams fixture)
    : ServerTests<FailoverTests.ThreeUpstreams>(fixture)
{
    [Fact]
    public async Task Sequential_FirstAnswers_OthersAreNotAsked()
    {
        string name = NewName();
        AssertAddress("192.0.2.1", await Client.UdpAsync(name));
        Assert.Equal((1, 0), (Upstream.Count(name), Fixture.Second.Count(name)));
    }

    [Fact]
    public async Task Sequential_FirstIsSilent_SecondAnswers()
    {
        string name = NewName();
        Upstream.On(name, q => UpstreamReply.Silence);
        Fixture.Second.On(name, q => q.Address("192.0.2.22"));
        AssertAddress("192.0.2.22", await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(name)));
        Assert.Equal(1, Fixture.Second.Count(name));
    }

    [Fact]
    public async Task Sequential_FirstRefusesPackets_SecondAnswersQuickly()
    {
        string name = NewName("closed.test.");
        AssertAddress("192.0.2.1", await Client.UdpAsync(DnsMessage.Query(name), TimeSpan.FromSeconds(1)));
        Assert.Equal(1, Fixture.Second.Count(name));
    }

    [Fact]
    public async Task Sequential_FirstGarbles_SecondAnswers()
    {
        string name = NewName();
        Upstream.On(name, q => UpstreamReply.Raw([1, 2, 3]));
        AssertAddress("192.0.2.1", await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(name)));
    }

    [Theory]
    [InlineData(Rcode.ServFail)]
    [InlineData(Rcode.Refused)]
    [InlineData(Rcode.NxDomain)]
    public async Task AnErrorCode_IsAnAnswer(int rcode)
    {
        string name = NewName();
        Upstream.On(name, q => rcode == Rcode.NxDomain ? q.NxDomain() : q.Error(rcode));
        Assert.Equal(rcode, (await Client.UdpAsync(name)).Rcode);
        Assert.Equal(0, Fixture.Second.Count(name));
    }

    [Fact]
    public async Task Retry_UsesAnotherSourcePort()
    {
        string name = NewName("one.test.");
        Upstream.On(name, q => q.Number == 1 ? UpstreamReply.Silence : q.Address("192.0.2.5"));
        AssertAddress("192.0.2.5", await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(name)));
        Assert.NotEqual(Upstream.QueriesFor(name)[0].Source, Upstream.QueriesFor(name)[1].Source);
    }

    [Fact]
    public async Task LongestZone_DecidesTheUpstream()
    {
        string inner = NewName("deep.zone.test.");
        string outer = NewName("zone.test.");
        await Client.UdpAsync(inner.ToUpperInvariant());
        await Client.UdpAsync(outer);
        Assert.Equal((0, 1), (Upstream.Count(inner), Fixture.Second.Count(inner)));
        Assert.Equal((1, 0), (Upstream.Count(outer), Fixture.Second.Count(outer)));
    }

    [Fact]
    public async Task ReverseZoneByCidr_DecidesTheUpstream()
    {
        await Client.UdpAsync("7.2.1.10.in-addr.arpa.", RrType.ReversePointer);
        await Client.UdpAsync("7.2.9.10.in-addr.arpa.", RrType.ReversePointer);
        Assert.Equal(1, Fixture.Second.Count("7.2.1.10.in-addr.arpa."));
        Assert.Equal(1, Upstream.Count("7.2.9.10.in-addr.arpa."));
    }

    [Fact]
    public async Task ZonesWithDifferentUpstreams_ShareNoCachedAnswer()
    {
        // The same name through two ports, each with its own upstream.
        string name = NewName();
        Fixture.Second.On(name, q => q.Address("192.0.2.66"));
        AssertAddress("192.0.2.1", await Client.UdpAsync(name));
        AssertAddress("192.0.2.66", await Fixture.OtherClient.UdpAsync(name));
        AssertAddress("192.0.2.1", await Client.UdpAsync(name));
    }

    /// <summary>Two live upstreams and a closed port.</summary>
    public sealed class ThreeUpstreams : ServerFixture
    {
        private readonly int _closed = FreePort.Next();
        private readonly int _otherPort = FreePort.Next();

        public FakeUpstream Second => Others[0];

        public DnsClient OtherClient => new(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, _otherPort));

        public override string Corefile =>
            Block($".:{Port}", Upstream.Port, Second.Port) +
            Block($"closed.test:{Port}", _closed, Second.Port) +
            Block($"one.test:{Port}", Upstream.Port) +
            Block($"zone.test:{Port}", Upstream.Port) +
            Block($"deep.zone.test:{Port}", Second.Port) +
            Block($"10.1.0.0/16:{Port}", Second.Port) +
            Block($".:{_otherPort}", Second.Port);

        private FakeUpstream[] Others { get; } = [new FakeUpstream()];

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            await Second.DisposeAsync();
        }

        private static string Block(string key, params int[] upstreams) => $$"""
            {{key}} {
                bind 127.0.0.1
                forward . {{string.Join(' ', Array.ConvertAll(upstreams, u => $"127.0.0.1:{u}"))}} {
                    policy sequential
                    max_fails 0
                }
                cache
            }

            """;
    }
}
