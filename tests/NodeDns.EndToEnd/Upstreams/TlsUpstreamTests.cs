using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Upstreams;

/// <summary>DNS over TLS to upstreams (RFC 7858): who is believed, how connections are used, what failures look like.</summary>
public sealed class TlsUpstreamTests(EncryptedFixture fixture) : IClassFixture<EncryptedFixture>
{
    private const int NetworkError = 23;

    [Fact]
    public async Task CertificateForTheAddress_AnswersOverOneConnection()
    {
        await using FakeUpstream behind = new();
        await using TlsFront front = new(behind, fixture.Authority.Issue("127.0.0.1"));
        await using OneServer one = await StartAsync(front, $"tls {fixture.AuthorityFile}");
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal("192.0.2.1", (await one.AskAsync()).Answers[0].Address);
        }

        // One, unless the machine is so slow that its first answers looked like silence.
        Assert.InRange(front.Handshakes, 1, 3);
        Assert.All(behind.Queries, query => Assert.True(query.IsTcp));
    }

    [Theory]
    [InlineData("%dns.test", "")]
    [InlineData("", "tls_servername dns.test")]
    public async Task CertificateForAName_TheNameIsTheOneGiven(string inAddress, string option)
    {
        await using FakeUpstream behind = new();
        await using TlsFront front = new(behind, fixture.Authority.Issue("dns.test"));
        await using OneServer one = await OneServer.StartAsync(
            $"tls://127.0.0.1{inAddress}:{front.Port}", $"tls {fixture.AuthorityFile}\n{option}");
        Assert.Equal("192.0.2.1", (await one.AskAsync()).Answers[0].Address);
        Assert.Equal("dns.test", front.ServerName);
    }

    [Fact]
    public async Task Queries_ArePaddedTo128AndInFlightTogether()
    {
        await using FakeUpstream behind = new();
        await using TlsFront front = new(behind, fixture.Authority.Issue("127.0.0.1"));
        await using OneServer one = await StartAsync(front, $"tls {fixture.AuthorityFile}");
        await one.AskAsync();
        TaskCompletionSource gate = new();
        string slow = ServerFixture.NewName();
        behind.On(slow, q => UpstreamReply.FromDnsMessage(q.Address("192.0.2.9")).When(gate.Task));
        Task<DnsMessage> first = one.AskAsync(slow);
        await behind.WaitForAsync(slow, RrType.A, 1);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => one.AskAsync()));
        await one.AskAsync(new string('a', 60) + "." + new string('b', 60) + ".example.");
        gate.SetResult();
        Assert.Equal("192.0.2.9", (await first).Answers[0].Address);

        // One more, on which the slow name was asked again.
        Assert.InRange(front.Handshakes, 1, 3);
        UpstreamQuery[] asked = [.. behind.Queries.Where(query => query.Type == RrType.A)];
        Assert.All(asked, query => Assert.Equal(0, query.Bytes.Length % 128));
        Assert.All(asked, query => Assert.Contains(query.Message.Edns!.Options, option => option.Code == EdnsOptionCode.Padding));
        Assert.Equal(2, asked.Select(query => query.Bytes.Length).Distinct().Count());
    }

    [Fact]
    public async Task CertificateThatIsOutOfTime_ServFailWithTheReason()
    {
        await using FakeUpstream behind = new();
        await using TlsFront front = new(behind, fixture.Authority.IssueExpired("127.0.0.1"));
        await AssertRefusedAsync(behind, front, $"tls {fixture.AuthorityFile}", "certificate_expired", "not valid at this time");
    }

    [Fact]
    public async Task CertificateOfAnotherAuthority_ServFailWithTheReason()
    {
        using TestAuthority other = new();
        await using FakeUpstream behind = new();
        await using TlsFront front = new(behind, other.Issue("127.0.0.1"));
        await AssertRefusedAsync(behind, front, $"tls {fixture.AuthorityFile}", "certificate_untrusted", "trusted authority");
    }

    [Fact]
    public async Task CertificateWithoutAuthorityFile_TheMachinesAuthoritiesDecide()
    {
        await using FakeUpstream behind = new();
        await using TlsFront front = new(behind, fixture.Authority.Issue("127.0.0.1"));
        await AssertRefusedAsync(behind, front, "", "certificate_untrusted", "trusted authority");
    }

    [Theory]
    [InlineData("127.0.0.2", "")]
    [InlineData("other.test", "tls_servername dns.test")]
    public async Task CertificateForSomebodyElse_ServFailWithTheReason(string subject, string option)
    {
        await using FakeUpstream behind = new();
        await using TlsFront front = new(behind, fixture.Authority.Issue(subject));
        await AssertRefusedAsync(
            behind, front, $"tls {fixture.AuthorityFile}\n{option}", "certificate_name", "certificate is for another name");
    }

    [Fact]
    public async Task PlainServerBehindTls_ServFailWithTheReason()
    {
        await using FakeUpstream plain = new();
        await using OneServer one = await OneServer.StartAsync($"tls://127.0.0.1:{plain.Port}", $"tls {fixture.AuthorityFile}\nmax_fails 0");
        await one.AssertFailsAsync(NetworkError, "TLS handshake failed");
    }

    [Fact]
    public async Task BadCertificate_NextUpstreamAnswersAndTheLogSaysWhy()
    {
        await using FakeUpstream behind = new();
        await using FakeUpstream good = new();
        await using TlsFront front = new(behind, fixture.Authority.IssueExpired("127.0.0.1"));
        await using OneServer one = await OneServer.StartAsync(
            $"tls://127.0.0.1:{front.Port} 127.0.0.1:{good.Port}", $"tls {fixture.AuthorityFile}");
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(Rcode.NoError, (await one.AskAsync()).Rcode);
        }

        Assert.Empty(behind.Queries);
        Assert.True(await one.Server.WaitForOutputAsync("is down: "), one.Server.Output);
        Assert.True(await one.FaultsAsync("certificate_expired") > 0);

        // A certificate that is good again is believed again.
        front.Certificate = fixture.Authority.Issue("127.0.0.1");
        while (behind.Queries.All(query => query.Type != RrType.A))
        {
            Assert.Equal(Rcode.NoError, (await one.AskAsync()).Rcode);
            await Task.Delay(20);
        }
    }

    [Fact]
    public async Task ClientCertificate_IsShown()
    {
        (string certificate, string key) = fixture.Authority.WriteIssued(fixture.Folder, "client.test");
        await using FakeUpstream behind = new();
        await using TlsFront front = new(behind, fixture.Authority.Issue("127.0.0.1")) { AsksForCertificate = true };
        await using OneServer one = await StartAsync(front, $"tls {certificate} {key} {fixture.AuthorityFile}");
        Assert.Equal("192.0.2.1", (await one.AskAsync()).Answers[0].Address);
        Assert.Equal("CN=NodeDns test", front.ClientSubject);
    }

    [Theory]
    [InlineData("nothing of the kind")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public async Task FileWithoutACertificate_EndsWithALineThatNamesIt(string content)
    {
        string bad = Path.Combine(fixture.Folder, "bad.pem");
        string corefile = Path.Combine(fixture.Folder, "Corefile");
        await File.WriteAllTextAsync(bad, content);
        await File.WriteAllTextAsync(
            corefile, $".:{FreePort.Next()} {{\n bind 127.0.0.1\n forward . tls://192.0.2.1 {{\n  tls {bad}\n }}\n}}\n");
        foreach (string[] command in new string[][] { ["check-config", corefile], ["-conf", corefile, "-control-socket", bad + ".sock"] })
        {
            CommandResult result = await NodeDnsProcess.RunAsync(command);
            Assert.Equal(1, result.ExitCode);
            Assert.Contains($"Corefile:3:2: forward: cannot use {bad}", result.All, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task ConnectionClosedUnderQueries_TheyGoOnOnANewOne()
    {
        await using FakeUpstream behind = new();
        await using TlsFront front = new(behind, fixture.Authority.Issue("127.0.0.1"));
        await using OneServer one = await StartAsync(front, $"tls {fixture.AuthorityFile}");
        await one.AskAsync();
        string name = ServerFixture.NewName();
        behind.On(name, q => q.Number == 1 ? UpstreamReply.Silence : q.Address("192.0.2.7"));
        Task<DnsMessage> answer = one.AskAsync(name);
        await behind.WaitForAsync(name, RrType.A, 1);
        front.CloseConnections();
        Assert.Equal("192.0.2.7", (await answer).Answers[0].Address);
        Assert.Equal(0, await one.MetricAsync("nodedns_upstream_network_errors_total"));
        Assert.Equal(1, await one.FaultsAsync("closed"));
    }

    private static Task<OneServer> StartAsync(TlsFront front, string options) =>
        OneServer.StartAsync($"tls://127.0.0.1:{front.Port}", options);

    private static async Task AssertRefusedAsync(FakeUpstream behind, TlsFront front, string options, string cause, string reason)
    {
        await using OneServer one = await StartAsync(front, options + "\nmax_fails 0");
        await one.AssertFailsAsync(NetworkError, reason);
        Assert.True(await one.FaultsAsync(cause) > 0);
        Assert.Empty(behind.Queries);
    }
}
