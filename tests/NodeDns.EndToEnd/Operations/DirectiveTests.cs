using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Operations;

/// <summary>One thing that each answering or filtering directive does, seen from a client.</summary>
public sealed class DirectiveTests(DirectiveTests.ManyZones fixture) : ServerTests<DirectiveTests.ManyZones>(fixture)
{
    [Fact]
    public async Task Hosts_InlineEntries_AreAnsweredAndTheRestFallsThrough()
    {
        Assert.Equal("10.0.0.7", (await Client.UdpAsync("Seven.hosts.test.")).Answers[0].Address);
        Assert.Equal("2001:db8::7", (await Client.UdpAsync("seven.hosts.test.", RrType.Aaaa)).Answers[0].Address);
        DnsMessage noData = await Client.UdpAsync("seven.hosts.test.", RrType.Mx);
        Assert.Equal((Rcode.NoError, 0), (noData.Rcode, noData.Answers.Count));
        AssertAddress("192.0.2.1", await Client.UdpAsync("eight.hosts.test."));
        Assert.Equal(0, Upstream.Count("seven.hosts.test."));
    }

    [Fact]
    public async Task Template_Match_IsAnsweredAndFallsThroughOtherwise()
    {
        DnsMessage answer = await Client.UdpAsync("ip-10-1-2-3.template.test.");
        AssertAddress("10.1.2.3", answer);
        Assert.Equal(60u, answer.Answers[0].Ttl);
        AssertAddress("192.0.2.1", await Client.UdpAsync("other.template.test."));
    }

    [Theory]
    [InlineData("a.b.ndots.test.", Rcode.NxDomain)]
    [InlineData("www.google.com.ndots.test.", Rcode.NxDomain)]
    [InlineData("host.ndots.test.", Rcode.NoError)]
    [InlineData("_sip._tcp.ndots.test.", Rcode.NoError)]
    [InlineData("x.y.fine.ndots.test.", Rcode.NoError)]
    [InlineData("ndots.test.", Rcode.NoError)]
    public async Task NdotsFilter_DeniesJunkOnly(string name, int rcode)
    {
        Assert.Equal(rcode, (await Client.UdpAsync(name)).Rcode);
        Assert.Equal(rcode == Rcode.NoError ? 1 : 0, Upstream.Count(name));
    }

    [Theory]
    [InlineData("web.default.svc.k8s.test.", Rcode.NoError)]
    [InlineData("pod-0.web.default.svc.k8s.test.", Rcode.NoError)]
    [InlineData("_http._tcp.web.default.svc.k8s.test.", Rcode.NoError)]
    [InlineData("10-0-0-1.default.pod.k8s.test.", Rcode.NoError)]
    [InlineData("dns-version.k8s.test.", Rcode.NoError)]
    [InlineData("www.google.com.k8s.test.", Rcode.NxDomain)]
    [InlineData("www.google.com.default.svc.k8s.test.", Rcode.NxDomain)]
    public async Task NdotsFilterForKubernetes_DeniesWhatCanNeverExist(string name, int rcode)
    {
        Assert.Equal(rcode, (await Client.UdpAsync(name)).Rcode);
        Assert.Equal(rcode == Rcode.NoError ? 1 : 0, Upstream.Count(name));
    }

    [Theory]
    [InlineData("bad.deny.test.", Rcode.NxDomain)]
    [InlineData("a.BAD.deny.test.", Rcode.NxDomain)]
    [InlineData("notbad.deny.test.", Rcode.NoError)]
    public async Task Deny_NamesAndAllBelow_DoNotExist(string name, int rcode)
    {
        Assert.Equal(rcode, (await Client.UdpAsync(name)).Rcode);
    }

    [Fact]
    public async Task Acl_BlockedClient_GetsNoCachedAnswerEither()
    {
        string name = NewName("acl.test.");
        var allowed = new DnsClient(new IPEndPoint(IPAddress.Loopback, Server.Port));
        Assert.Equal(Rcode.NoError, (await allowed.UdpAsync(name)).Rcode);
        // 127.0.0.5 as a source: blocked; the name is in the cache by now.
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.5"), 0));
        socket.Connect(allowed.Server);
        await socket.SendAsync(DnsMessage.Query(name).Encode());
        byte[] bytes = (await DnsClient.ReceiveAsync(socket, DnsClient.DefaultTimeout))!;
        Assert.Equal(Rcode.Refused, DnsMessage.Decode(bytes).Rcode);
        await socket.SendAsync(DnsMessage.Query("dropped." + name, RrType.Txt).Encode());
        Assert.Null(await DnsClient.ReceiveAsync(socket, TimeSpan.FromMilliseconds(300)));
    }

    [Fact]
    [Trait("Statement", "2.2 reflection")]
    public async Task Any_IsAnsweredByAHinfoHere()
    {
        string name = NewName("any.test.");
        DnsMessage answer = await Client.UdpAsync(name, RrType.Any);
        Assert.Equal((ushort)13, Assert.Single(answer.Answers).Type);
        Assert.Equal(0, Upstream.Count(name));
    }

    [Fact]
    public async Task Minimal_DropsAuthorityAndAdditional()
    {
        string name = NewName("minimal.test.");
        Upstream.On(name, q => q.Address("192.0.2.1").Change(m =>
        {
            m.Authority.Add(DnsRecord.Ns("minimal.test.", "ns.minimal.test."));
            m.Additional.Add(DnsRecord.A("ns.minimal.test.", "192.0.2.9"));
        }));
        for (int i = 0; i < 2; i++)
        {
            DnsMessage answer = await Client.UdpAsync(name);
            Assert.Equal((1, 0, 0), (answer.Answers.Count, answer.Authority.Count, answer.Additional.Count));
        }
    }

    [Fact]
    public async Task Rewrite_Name_IsAskedAsTheOtherAndAnsweredAsAsked()
    {
        Upstream.On("new.rewrite.test.", q => q.Address("192.0.2.33"));
        for (int i = 0; i < 2; i++)
        {
            DnsMessage answer = await Client.UdpAsync("Old.rewrite.test.");
            AssertAddress("192.0.2.33", answer);
            Assert.Equal("Old.rewrite.test.", answer.Question.Name);
            Assert.Equal("old.rewrite.test.", answer.Answers[0].Name.ToLowerInvariant());
        }

        Assert.Equal((0, 1), (Upstream.Count("old.rewrite.test."), Upstream.Count("new.rewrite.test.")));
    }

    [Fact]
    public async Task Whoami_TellsTheClientsAddress()
    {
        DnsMessage answer = await Client.UdpAsync("who.whoami.test.");
        Assert.Equal(Rcode.NoError, answer.Rcode);
        Assert.Equal("127.0.0.1", Assert.Single(answer.Additional, r => r.Type == RrType.A).Address);
    }

    [Fact]
    public async Task LoadBalance_ShufflesAddresses()
    {
        string name = NewName("balance.test.");
        Upstream.On(name, q => q.Answer([.. Enumerable.Range(1, 6).Select(i => DnsRecord.A(q.Name, $"192.0.2.{i}"))]));
        var orders = new HashSet<string>();
        for (int i = 0; i < 20; i++)
        {
            DnsMessage answer = await Client.UdpAsync(name);
            Assert.Equal(6, Addresses(answer).Distinct().Count());
            orders.Add(string.Join(' ', Addresses(answer)));
        }

        Assert.True(orders.Count > 2, string.Join('\n', orders));
        Assert.Equal(1, Upstream.Count(name));
    }

    [Fact]
    public async Task CacheDisabledForDenial_AsksAgain()
    {
        string name = NewName("nodenial.test.");
        Upstream.On(name, q => q.NxDomain());
        await Client.UdpAsync(name);
        await Client.UdpAsync(name);
        Assert.Equal(2, Upstream.Count(name));
    }

    [Fact]
    public async Task WithoutCache_EveryQueryGoesUpstream()
    {
        string name = NewName("nocache.test.");
        await Client.UdpAsync(name);
        await Client.UdpAsync(name);
        Assert.Equal(2, Upstream.Count(name));
    }

    [Fact]
    public async Task NamesOutsideAllZones_AreRefused()
    {
        Assert.Equal(Rcode.Refused, (await Client.UdpAsync("www.elsewhere.")).Rcode);
    }

    /// <summary>One zone per directive.</summary>
    public sealed class ManyZones : ServerFixture
    {
        public override string Corefile =>
            Block("hosts.test", "hosts {\n  10.0.0.7 seven.hosts.test\n  2001:db8::7 seven.hosts.test\n  fallthrough\n }") +
            Block("template.test", """
                template IN A {
                  match "^ip-(?P<a>[0-9]+)-(?P<b>[0-9]+)-(?P<c>[0-9]+)-(?P<d>[0-9]+)[.]template[.]test[.]$"
                  answer "{{ .Name }} 60 IN A {{ .Group.a }}.{{ .Group.b }}.{{ .Group.c }}.{{ .Group.d }}"
                  fallthrough
                 }
                """) +
            Block("ndots.test", "ndots_filter {\n  allow fine.ndots.test\n }") +
            Block("k8s.test", "ndots_filter {\n  kubernetes\n }") +
            Block("deny.test", "deny bad.deny.test") +
            Block("acl.test", "acl {\n  drop type TXT net 127.0.0.5/32\n  block net 127.0.0.5/32\n }") +
            Block("any.test", "any") +
            Block("minimal.test", "minimal") +
            Block("rewrite.test", "rewrite name old.rewrite.test new.rewrite.test") +
            Block("balance.test", "loadbalance") +
            Block("nodenial.test", "", "cache {\n  disable denial\n }") +
            Block("nocache.test", "", "") +
            $"whoami.test:{Port} {{\n bind 127.0.0.1\n whoami\n}}\n";

        private string Block(string zone, string directive, string cache = "cache") =>
            $"{zone}:{Port} {{\n bind 127.0.0.1\n {directive}\n forward . {UpstreamAddress}\n {cache}\n}}\n";
    }
}
