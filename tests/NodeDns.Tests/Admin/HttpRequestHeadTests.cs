using System.Text;
using NodeDns.Admin;
using Xunit;

namespace NodeDns.Tests.Admin;

public sealed class HttpRequestHeadTests
{
    [Theory]
    [InlineData("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "/metrics", 0)]
    [InlineData("HEAD /health?verbose=1 HTTP/1.0\n\n", "HEAD", "/health", 0)]
    [InlineData("GET http://node:9253/ready HTTP/1.1\r\n\r\n", "GET", "/ready", 0)]
    [InlineData("GET http://node HTTP/1.1\r\n\r\n", "GET", "/", 0)]
    [InlineData("POST / HTTP/1.1\r\ncontent-length: 7\r\n\r\n", "POST", "/", 7)]
    [InlineData("GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", "GET", "/", long.MaxValue)]
    public void TryParse_ValidHead_ReadsMethodPathAndBodyLength(string head, string method, string path, long body)
    {
        Assert.True(HttpRequestHead.TryParse(Encoding.Latin1.GetBytes(head), out HttpRequestHead request));
        Assert.Equal(new HttpRequestHead(method, path, body), request);
    }

    [Theory]
    [InlineData("\r\n\r\n")]
    [InlineData("GET\r\n\r\n")]
    [InlineData("GET /metrics\r\n\r\n")]
    [InlineData("GET /a b HTTP/1.1\r\n\r\n")]
    [InlineData("GET metrics HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/2\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001 TLS HTTP/1.1x\0\n\n")]
    public void TryParse_AnythingElse_IsRefused(string head) =>
        Assert.False(HttpRequestHead.TryParse(Encoding.Latin1.GetBytes(head), out _));

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\nrest", 18)]
    [InlineData("GET / HTTP/1.1\n\nrest", 16)]
    [InlineData("GET / HTTP/1.1\r\n", -1)]
    [InlineData("", -1)]
    public void FindEnd_Received_IsTheByteAfterTheEmptyLine(string received, int end) =>
        Assert.Equal(end, HttpRequestHead.FindEnd(Encoding.Latin1.GetBytes(received)));
}
