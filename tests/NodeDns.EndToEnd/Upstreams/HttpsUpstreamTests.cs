using System;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Upstreams;

/// <summary>DNS over HTTPS to upstreams (RFC 8484): requests, caches on the way, and every answer that is none.</summary>
public sealed class HttpsUpstreamTests(EncryptedFixture fixture) : IClassFixture<EncryptedFixture>
{
    private const int NetworkError = 23;

    [Theory]
    [InlineData("POST")]
    [InlineData("GET")]
    public async Task Requests_AreWhatTheStandardSays(string method)
    {
        await using FakeUpstream behind = new();
        await using HttpsFront front = await StartFrontAsync(behind);
        await using OneServer one = await StartAsync(front, $"doh_method {method}");
        Assert.Equal("192.0.2.1", (await one.AskAsync()).Answers[0].Address);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => one.AskAsync()));
        Assert.All(front.Requests, request =>
        {
            Assert.Equal((method, "HTTP/2", "/dns-query"), (request.Method, request.Protocol, request.Path));
            Assert.Equal(HttpsFront.MessageType, request.Accept);
            Assert.Equal(method == "POST" ? HttpsFront.MessageType : null, request.ContentType);
            Assert.Equal([0, 0], request.Query[..2]);
        });
        Assert.Equal(1, front.Connections);
        Assert.All(behind.Queries.Where(query => query.Type == RrType.A), query => Assert.Equal(0, query.Bytes.Length % 128));
    }

    [Fact]
    public async Task NameAndPath_AreInTheRequestAndTheAddressIsDialled()
    {
        await using FakeUpstream behind = new();
        await using HttpsFront front = await HttpsFront.StartAsync(behind, fixture.Authority.Issue("doh.test"));
        await using OneServer one = await OneServer.StartAsync(
            $"https://127.0.0.1%doh.test:{front.Port}/resolve/me{{?dns}}", $"tls {fixture.AuthorityFile}");
        Assert.Equal("192.0.2.1", (await one.AskAsync()).Answers[0].Address);
        Assert.Equal(($"doh.test:{front.Port}", "/resolve/me"), (front.Requests[0].Host, front.Requests[0].Path));
    }

    [Fact]
    public async Task Http1Server_IsAskedTheSame()
    {
        await using FakeUpstream behind = new();
        await using HttpsFront front = await HttpsFront.StartAsync(
            behind, fixture.Authority.Issue("127.0.0.1"), HttpProtocols.Http1);
        await using OneServer one = await StartAsync(front);
        await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => one.AskAsync()));
        Assert.Equal("192.0.2.1", (await one.AskAsync()).Answers[0].Address);
        Assert.InRange(front.Connections, 1, 8);
    }

    [Theory]
    [InlineData(100, 200)]
    [InlineData(300, 0)]
    [InlineData(int.MaxValue, 0)]
    public async Task Age_IsTakenOffTheTtl(int age, uint ttl)
    {
        await using FakeUpstream behind = new();
        await using HttpsFront front = await StartFrontAsync(behind);
        await using OneServer one = await StartAsync(front);
        front.Age = age;
        Assert.Equal(ttl, (await one.AskAsync()).Answers[0].Ttl);
    }

    [Theory]
    [InlineData(301, "http_redirect", "HTTP redirect")]
    [InlineData(308, "http_redirect", "HTTP redirect")]
    [InlineData(400, "http_status", "HTTP error")]
    [InlineData(500, "http_status", "HTTP error")]
    public async Task HttpError_ServFailWithTheReason(int status, string cause, string reason) =>
        await AssertFailsAsync(
            context =>
            {
                context.Response.StatusCode = status;
                context.Response.Headers.Location = "/dns-query";
                return Task.CompletedTask;
            },
            cause, NetworkError, reason);

    [Fact]
    public async Task AnotherType_ServFailWithTheReason() =>
        await AssertFailsAsync(
            async context =>
            {
                context.Response.ContentType = "text/html";
                await context.Response.WriteAsync("<html>log in first</html>");
            },
            "http_content_type", NetworkError, "no DNS message");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task BodyLongerThanAMessage_ServFailWithTheReason(bool isAnnounced) =>
        await AssertFailsAsync(
            async context =>
            {
                context.Response.ContentType = HttpsFront.MessageType;
                context.Response.ContentLength = isAnnounced ? 70_000 : null;
                await context.Response.Body.WriteAsync(new byte[70_000]);
            },
            "http_too_long", NetworkError, "too long");

    [Fact]
    public async Task Garbage_ServFailInvalidData() =>
        await AssertFailsAsync(
            async context =>
            {
                context.Response.ContentType = HttpsFront.MessageType;
                await context.Response.Body.WriteAsync(new byte[40]);
            },
            null, 24, "127.0.0.1");

    [Fact]
    public async Task StreamReset_IsAskedAgainThenServFail()
    {
        await using FakeUpstream behind = new();
        await using HttpsFront front = await StartFrontAsync(behind);
        await using OneServer one = await StartAsync(front, "max_fails 0");
        string lost = ServerFixture.NewName();
        bool isFirst = true;
        front.Override = context =>
        {
            bool aborts = isFirst;
            isFirst = false;
            if (aborts)
            {
                context.Abort();
            }

            return Task.FromResult(aborts);
        };
        Assert.Equal("192.0.2.1", (await one.AskAsync(lost)).Answers[0].Address);
        Assert.Equal(0, await one.MetricAsync("nodedns_upstream_network_errors_total"));
    }

    [Fact]
    public async Task TooManyRequests_LeftAloneForAsLongAsItSays()
    {
        await using FakeUpstream behind = new();
        await using FakeUpstream other = new();
        await using HttpsFront front = await StartFrontAsync(behind);
        await using OneServer one = await OneServer.StartAsync(
            $"https://127.0.0.1:{front.Port} 127.0.0.1:{other.Port}", $"tls {fixture.AuthorityFile}\nmax_fails 0");
        while (await one.MetricAsync("nodedns_upstream_answers_total", "https://") < 3)
        {
            await one.AskAsync();
        }

        front.Override = context =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = "30";
            return Task.FromResult(true);
        };
        int before = front.Requests.Count;
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(Rcode.NoError, (await one.AskAsync()).Rcode);
        }

        Assert.Equal(before + 1, front.Requests.Count);
        Assert.Equal(10, await one.FaultsAsync("http_429"));

        front.Override = null;
        await one.Server.AdvanceClockAsync(31);
        await one.AskAsync();
        Assert.Equal(before + 2, front.Requests.Count);
    }

    [Fact]
    public async Task BadCertificate_ServFailWithTheReason()
    {
        await using FakeUpstream behind = new();
        await using HttpsFront front = await HttpsFront.StartAsync(behind, fixture.Authority.Issue("other.test"));
        await using OneServer one = await StartAsync(front, "max_fails 0");
        await one.AssertFailsAsync(NetworkError, "certificate is for another name");
        Assert.Empty(front.Requests);
    }

    [Fact]
    public async Task NobodyListens_ServFailWithTheReason()
    {
        await using OneServer one = await OneServer.StartAsync(
            $"https://127.0.0.1:{FreePort.Next()}", $"tls {fixture.AuthorityFile}\nmax_fails 0");
        await one.AssertFailsAsync(NetworkError, "cannot be reached");
    }

    private Task<HttpsFront> StartFrontAsync(FakeUpstream behind) =>
        HttpsFront.StartAsync(behind, fixture.Authority.Issue("127.0.0.1"));

    private Task<OneServer> StartAsync(HttpsFront front, string options = "") =>
        OneServer.StartAsync($"https://127.0.0.1:{front.Port}", $"tls {fixture.AuthorityFile}\n{options}");

    private async Task AssertFailsAsync(Func<HttpContext, Task> answer, string? cause, int code, string reason)
    {
        await using FakeUpstream behind = new();
        await using HttpsFront front = await StartFrontAsync(behind);
        await using OneServer one = await StartAsync(front, "max_fails 0");
        front.Override = async context =>
        {
            await answer(context);
            return true;
        };
        await one.AssertFailsAsync(code, reason);
        Assert.True(cause is null || await one.FaultsAsync(cause) > 0);
        front.Override = null;
        Assert.Equal(Rcode.NoError, (await one.AskAsync()).Rcode);
    }
}
