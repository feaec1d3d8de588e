using System;
using System.Linq;
using System.Net;
using NodeDns.Config;
using Xunit;

namespace NodeDns.Tests.Config.Directives;

public sealed class ForwardDirectiveTests
{
    private readonly FakeMachine _machine = new();

    [Fact]
    public void Bare_DefaultsOfCoreDns()
    {
        ForwardConfig forward = Read("forward . 10.0.0.1");

        Assert.Equal(".", forward.From);
        Assert.Equal(UpstreamSelection.Random, forward.Policy);
        Assert.Equal(2, forward.MaxFails);
        Assert.Equal(new HealthCheckConfig(TimeSpan.FromMilliseconds(500), NoRecursion: false, Domain: null), forward.HealthCheck);
        Assert.Equal(TimeSpan.FromMilliseconds(100), forward.Hedge);
        Assert.Equal((TimeSpan.FromSeconds(8), TimeSpan.Zero, TimeSpan.FromSeconds(2)), (forward.Expire, forward.MaxAge, forward.ReadTimeout));
        Assert.Equal((0, null, 0), (forward.MaxIdleConnections, forward.MaxConnectAttempts, forward.MaxConcurrent));
        Assert.Equal(DohMethod.Post, forward.DohMethod);
        Assert.False(forward.ForceTcp || forward.PreferUdp || forward.MixCase || forward.Failfast || forward.NextOnNodata);
        Assert.Equal(new SourceLocation("Corefile", 2, 1), forward.Location);
    }

    [Theory]
    [InlineData("127.0.0.1", "Dns", "127.0.0.1:53", null)]
    [InlineData("127.0.0.1:8080", "Dns", "127.0.0.1:8080", null)]
    [InlineData("[::1]:5353", "Dns", "[::1]:5353", null)]
    [InlineData("[2001:db8::1]", "Dns", "[2001:db8::1]:53", null)]
    [InlineData("2001:db8::1", "Dns", "[2001:db8::1]:53", null)]
    [InlineData("dns://10.0.0.1", "Dns", "10.0.0.1:53", null)]
    [InlineData("tls://9.9.9.9", "Tls", "9.9.9.9:853", null)]
    [InlineData("tls://9.9.9.9%dns.quad9.net", "Tls", "9.9.9.9:853", "dns.quad9.net")]
    [InlineData("tls://9.9.9.9%dns.quad9.net:8853", "Tls", "9.9.9.9:8853", "dns.quad9.net")]
    [InlineData("tls://[2400:3200::1%dns.alidns.com]:853", "Tls", "[2400:3200::1]:853", "dns.alidns.com")]
    [InlineData("https://127.0.0.1", "Https", "127.0.0.1:443", null)]
    [InlineData("https://127.0.0.1:8443", "Https", "127.0.0.1:8443", null)]
    public void To_Address_Read(string to, string transport, string endPoint, string? serverName)
    {
        UpstreamAddressConfig upstream = Assert.Single(Read($"forward . {to}", port: 1053).Upstreams);

        Assert.Equal(transport, upstream.Transport.ToString());
        Assert.Equal(IPEndPoint.Parse(endPoint), upstream.EndPoint);
        Assert.Equal(serverName, upstream.ServerName);
        Assert.Null(upstream.HostName);
    }

    [Theory]
    [InlineData("https://9.9.9.9", "/dns-query")]
    [InlineData("https://9.9.9.9%dns.quad9.net:8443/resolve", "/resolve")]
    [InlineData("https://[2620:fe::fe]/a/b-c.d{?dns}", "/a/b-c.d")]
    public void To_Https_HasAPath(string to, string path) =>
        Assert.Equal(path, Assert.Single(Read($"forward . {to}").Upstreams).Path);

    [Fact]
    public void To_EncryptedWithoutOpenSsl_RefusedWithTheWayOut()
    {
        _machine.HasTls = false;

        string error = Assert.Single(_machine.ReadErrors(". {\nforward . tls://9.9.9.9\n}"));

        Assert.Contains("Debian: libssl3", error, StringComparison.Ordinal);
    }

    [Fact]
    public void To_Name_LookedUpAndFollowed()
    {
        _machine.Hosts["dns.example"] = [IPAddress.Parse("192.0.2.2"), IPAddress.Parse("192.0.2.1")];

        ForwardConfig forward = Read("forward . tls://dns.example https://dns.example:8443");

        UpstreamAddressConfig[] expected =
        [
            new(Transport.Tls, null, "dns.example", 853),
            new(Transport.Https, null, "dns.example", 8443, null, "/dns-query"),
        ];
        Assert.Equal(expected, forward.Upstreams.ToArray());
    }

    [Fact]
    public void To_NameWithResolvers_LookedUpThere()
    {
        _machine.Hosts["dns.example"] = [IPAddress.Parse("192.0.2.2")];
        ForwardConfig forward = Read("forward . tls://dns.example {\nresolver 10.0.0.1 [::1]:5353\nresolver 10.0.0.2:54\n}");

        Assert.Equal(
            new UpstreamAddressConfig(Transport.Tls, null, "dns.example", 853), Assert.Single(forward.Upstreams));
        Assert.Equal(["10.0.0.1:53", "[::1]:5353", "10.0.0.2:54"], forward.Resolvers.Select(r => r.ToString()));
    }

    [Fact]
    public void To_EmptyResolvConfAndAnAddress_TheAddress()
    {
        _machine.Files["/tmp/resolv.conf"] = "# none\n";

        CorefileResult result = _machine.Read(". {\nforward . /tmp/resolv.conf 10.0.0.1\n}");

        Assert.Equal("10.0.0.1:53", Assert.Single(result.Config!.Blocks[0].Forwards[0].Upstreams).EndPoint!.ToString());
        Assert.Contains("/tmp/resolv.conf", result.FilesRead);
        Assert.Contains("names no nameserver", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.9.3.0/18", "0.9.10.in-addr.arpa.")]
    [InlineData("10.9.0.0/16", "9.10.in-addr.arpa.")]
    [InlineData("Example.ORG", "example.org.")]
    public void From_ZoneOrNetwork_Read(string from, string zone) => Assert.Equal(zone, Read($"forward {from} 10.0.0.1").From);

    [Fact]
    public void Options_All_Read()
    {
        _machine.Files["/c.pem"] = _machine.Files["/k.pem"] = _machine.Files["/ca.pem"] = "x";
        ForwardConfig forward = Read("""
            forward . 10.0.0.1 10.0.0.2 {
                except a.example b.example
                except 10.0.0.0/24
                force_tcp
                prefer_udp
                mix_case
                expire 20s
                max_age 1m
                max_idle_conns 7
                read_timeout 500ms
                max_fails 0
                max_connect_attempts 0
                doh_method get
                tls /c.pem /k.pem /ca.pem
                tls_servername dns.example
                policy round_robin
                health_check 5s no_rec domain Probe.Example
                max_concurrent 1000
                next NXDOMAIN SERVFAIL
                next_on_nodata
                failfast_all_unhealthy_upstreams
                failover SERVFAIL REFUSED
                source_address 10.0.0.9
            }
            """);

        Assert.Equal(["a.example.", "b.example.", "0.0.10.in-addr.arpa."], forward.Except.ToArray());
        Assert.True(forward.ForceTcp && forward.PreferUdp && forward.MixCase && forward.NextOnNodata && forward.Failfast);
        Assert.Equal((TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(1), TimeSpan.FromMilliseconds(500)), (forward.Expire, forward.MaxAge, forward.ReadTimeout));
        Assert.Equal((7, 0, 0, 1000), (forward.MaxIdleConnections, forward.MaxFails, forward.MaxConnectAttempts, forward.MaxConcurrent));
        Assert.Equal(DohMethod.Get, forward.DohMethod);
        Assert.Equal(new TlsConfig("/c.pem", "/k.pem", "/ca.pem"), forward.Tls);
        Assert.Equal("dns.example", forward.TlsServerName);
        Assert.Equal(UpstreamSelection.RoundRobin, forward.Policy);
        Assert.Equal(new HealthCheckConfig(TimeSpan.FromSeconds(5), NoRecursion: true, "probe.example."), forward.HealthCheck);
        Assert.Equal([3, 2], forward.Next.ToArray());
        Assert.Equal([2, 5], forward.Failover.ToArray());
        Assert.Equal(IPAddress.Parse("10.0.0.9"), forward.SourceAddress);
    }

    [Fact]
    public void Several_KeepTheirOrder()
    {
        ServerBlockConfig block = _machine.ReadBlock(". {\nforward a.example 10.0.0.1\nforward . 10.0.0.2\n}");

        Assert.Equal(["a.example.", "."], block.Forwards.Select(f => f.From));
    }

    [Theory]
    [InlineData("forward", "2:1", "expected \"forward FROM TO...\"")]
    [InlineData("forward .", "2:1", "expected \"forward FROM TO...\"")]
    [InlineData("forward . https://1.1.1.1/", "2:11", "expected a path such as /dns-query, or none for just that, found \"/\"")]
    [InlineData("forward . https://1.1.1.1/a?b", "2:11", "expected a path such as /dns-query, or none for just that, found \"/a?b\"")]
    [InlineData("forward . tls://1.1.1.1%a..b", "2:11", "expected the name in the server's certificate after %")]
    [InlineData("forward . a27.0.0.1", "2:11", "failed to resolve")]
    [InlineData("forward . 300.0.0.1", "2:11", "expected an address, a host name or a resolv.conf file")]
    [InlineData("forward . 127.1", "2:11", "expected an address, a host name or a resolv.conf file")]
    [InlineData("forward . 10.0.0.1:0", "2:11", "port from 1 to 65535")]
    [InlineData("forward . 10.0.0.1:65536", "2:11", "port from 1 to 65535")]
    [InlineData("forward . /no/such/file", "2:11", "there is no such file")]
    [InlineData("forward . /empty", "2:1", "no valid upstream addresses found")]
    [InlineData("forward . quic://10.0.0.1", "2:11", "quic:// is not supported")]
    [InlineData("forward . grpc://10.0.0.1", "2:11", "grpc:// is not supported")]
    [InlineData("forward . ftp://10.0.0.1", "2:11", "unknown scheme")]
    [InlineData("forward aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 10.0.0.1", "2:9", "63 octets")]
    [InlineData("forward . 1.0.0.1 1.0.0.2 1.0.0.3 1.0.0.4 1.0.0.5 1.0.0.6 1.0.0.7 1.0.0.8 1.0.0.9 1.0.0.10 1.0.0.11 1.0.0.12 "
        + "1.0.0.13 1.0.0.14 1.0.0.15 1.0.0.16", "2:1", "has 16 upstreams; at most 15")]
    [InlineData("forward . 10.0.0.1 {\nblah\n}", "3:1", "unknown option \"blah\"")]
    [InlineData("forward . 10.0.0.1 {\nmax_fail 3\n}", "3:1", "did you mean \"max_fails\"?")]
    [InlineData("forward . 10.0.0.1 {\nexcept\n}", "3:1", "expected \"except NAMES...\"")]
    [InlineData("forward . 10.0.0.1 {\nhealth_check 0.5s domain\n}", "3:19", "expected a name after domain")]
    [InlineData("forward . 10.0.0.1 {\nhealth_check no_rec\n}", "3:14", "expected a duration")]
    [InlineData("forward . 10.0.0.1 {\nhealth_check 0.5s rec\n}", "3:19", "found \"rec\"")]
    [InlineData("forward . 10.0.0.1 {\nhealth_check 0.5s domain example..org\n}", "3:26", "empty label")]
    [InlineData("forward . 10.0.0.1 {\nmax_concurrent many\n}", "3:16", "not negative")]
    [InlineData("forward . 10.0.0.1 {\nmax_concurrent -4\n}", "3:16", "not negative")]
    [InlineData("forward . 10.0.0.1 {\nmax_idle_conns -1\n}", "3:16", "negative")]
    [InlineData("forward . 10.0.0.1 {\nmax_connect_attempts -4\n}", "3:22", "negative")]
    [InlineData("forward . 10.0.0.1 {\nmax_fails -1\n}", "3:11", "negative")]
    [InlineData("forward . 10.0.0.1 {\nmax_age -1s\n}", "3:9", "negative")]
    [InlineData("forward . 10.0.0.1 {\nmax_age 10s\nexpire 30s\n}", "2:1", "max_age is shorter than expire")]
    [InlineData("forward . 10.0.0.1 {\nread_timeout 0s\n}", "3:14", "positive")]
    [InlineData("forward . 10.0.0.1 {\nread_timeout -1s\n}", "3:14", "negative")]
    [InlineData("forward . 10.0.0.1 {\nexpire 20\n}", "3:8", "did you mean \"20s\"?")]
    [InlineData("forward . 10.0.0.1 {\nfailover NOERROR\n}", "3:10", "nothing to fail over from")]
    [InlineData("forward . 10.0.0.1 {\nfailover\n}", "3:1", "expected \"failover RCODE...\"")]
    [InlineData("forward . 10.0.0.1 {\nnext BLURB\n}", "3:6", "expected a response code")]
    [InlineData("forward . 10.0.0.1 {\nfailfast_all_unhealthy_upstreams false\n}", "3:34", "takes no argument")]
    [InlineData("forward . 10.0.0.1 {\nforce_tcp yes\n}", "3:11", "takes no argument")]
    [InlineData("forward . 10.0.0.1 {\npolicy quickest\n}", "3:8", "expected random, round_robin, sequential or fastest")]
    [InlineData("forward . 10.0.0.1 {\nhedge 1ms\n}", "3:7", "too short")]
    [InlineData("forward . 10.0.0.1 {\nhedge\n}", "3:1", "DURATION|off")]
    [InlineData("forward . 10.0.0.1 {\npolicy sequental\n}", "3:8", "did you mean \"sequential\"?")]
    [InlineData("forward . 10.0.0.1 {\ndoh_method PUT\n}", "3:12", "expected GET or POST")]
    [InlineData("forward . 10.0.0.1 {\ntls /a /b /c /d\n}", "3:14", "found more")]
    [InlineData("forward . 10.0.0.1 {\ntls /missing\n}", "3:5", "there is no file")]
    [InlineData("forward . 10.0.0.1 {\nsource_address lo\n}", "3:16", "expected an IP address")]
    [InlineData("forward . 10.0.0.1 {\nresolver dns.example\n}", "3:10", "expected IP[:PORT]")]
    public void Mistake_Refused_AtItsPlace(string directive, string place, string message)
    {
        _machine.Files["/empty"] = "search a.test\n";

        string error = Assert.Single(_machine.ReadErrors($". {{\n{directive}\n}}"));

        Assert.StartsWith($"Corefile:{place}: forward: ", error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void HealthCheck_FarTooOften_RaisedWithAWarning()
    {
        NodeDnsConfig config = _machine.ReadConfig(". {\nforward . 10.0.0.1 {\nhealth_check 1ms\n}\n}");

        Assert.Equal(TimeSpan.FromMilliseconds(100), config.Blocks[0].Forwards[0].HealthCheck.Interval);
        Assert.Single(config.Warnings);
    }

    private ForwardConfig Read(string directive, int port = 53) =>
        Assert.Single(_machine.ReadBlock($".:{port} {{\n{directive}\n}}").Forwards);
}
