using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using NodeDns.TestKit;

namespace NodeDns.EndToEnd.Fixtures;

/// <summary>Puts DNS over HTTPS (RFC 8484) in front of a fake upstream.</summary>
public sealed class HttpsFront : IAsyncDisposable
{
    public const string MessageType = "application/dns-message";

    private readonly WebApplication _web;
    private readonly DnsClient _behind;
    private readonly ConcurrentQueue<HttpsRequest> _requests = new();
    private readonly ConcurrentDictionary<string, bool> _connections = new();

    private HttpsFront(FakeUpstream behind, X509Certificate2 certificate, HttpProtocols protocols)
    {
        _behind = new DnsClient(behind.EndPoint);
        Port = FreePort.Next();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, Port, listen =>
        {
            listen.Protocols = protocols;
            listen.UseHttps(certificate);
        }));
        _web = builder.Build();
        _web.Run(ServeAsync);
    }

    public int Port { get; }

    public IReadOnlyList<HttpsRequest> Requests => [.. _requests];

    /// <summary>TCP connections that carried a request.</summary>
    public int Connections => _connections.Count;

    /// <summary>When set, gets every request; true: it has answered it itself.</summary>
    public Func<HttpContext, Task<bool>>? Override { get; set; }

    /// <summary>Seconds of the Age header; null: none.</summary>
    public int? Age { get; set; }

    public static async Task<HttpsFront> StartAsync(
        FakeUpstream behind, X509Certificate2 certificate, HttpProtocols protocols = HttpProtocols.Http1AndHttp2)
    {
        var front = new HttpsFront(behind, certificate, protocols);
        await front._web.StartAsync();
        return front;
    }

    public async ValueTask DisposeAsync() => await _web.DisposeAsync();

    private async Task ServeAsync(HttpContext context)
    {
        byte[] query = await ReadQueryAsync(context.Request);
        _connections[context.Connection.Id] = true;
        _requests.Enqueue(new HttpsRequest(
            context.Request.Method, context.Request.Protocol, context.Request.Host.Value ?? "", context.Request.Path,
            context.Request.ContentType, context.Request.Headers.Accept, query));
        if (Override is { } first && await first(context))
        {
            return;
        }

        byte[]? answer = await _behind.UdpRawAsync(query, TimeSpan.FromSeconds(10));
        if (answer is null)
        {
            context.Abort();
            return;
        }

        context.Response.ContentType = MessageType;
        if (Age is { } age)
        {
            context.Response.Headers.Age = age.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        await context.Response.Body.WriteAsync(answer);
    }

    private static async Task<byte[]> ReadQueryAsync(HttpRequest request)
    {
        if (request.Method == "GET")
        {
            return System.Buffers.Text.Base64Url.DecodeFromChars(request.Query["dns"].ToString());
        }

        var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        return body.ToArray();
    }
}
