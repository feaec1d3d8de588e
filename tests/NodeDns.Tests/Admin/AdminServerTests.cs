using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using NodeDns.Admin;
using NodeDns.Logging;
using Xunit;

namespace NodeDns.Tests.Admin;

public sealed class AdminServerTests : IDisposable
{
    private static readonly AdminEndPoint s_anyPort = new(IPAddress.Loopback, 0);
    private static readonly Func<IReadOnlyList<string>> s_well = () => [];
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly List<string> _log = [];
    private readonly AdminServer _server;

    public AdminServerTests() => _server = new AdminServer(new Log((_, text) => _log.Add(text)));

    public void Dispose() => _server.Dispose();

    [Theory]
    [InlineData("GET /health HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 OK", "OK")]
    [InlineData("GET /health?a=b HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK", "OK")]
    [InlineData("HEAD /health HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK", "")]
    [InlineData("GET /metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK", "up 1\n")]
    [InlineData("GET /ready HTTP/1.1\r\n\r\n", "HTTP/1.1 503 Service Unavailable", "upstreams")]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 404 Not Found", "not here; try /health /ready /metrics\n")]
    [InlineData("POST /health HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", "HTTP/1.1 405 Method Not Allowed", "only GET and HEAD\n")]
    [InlineData("GET /health HTTP/1.1\r\nContent-Length: 9000\r\n\r\n", "HTTP/1.1 413 Content Too Large", "a body is not wanted here\n")]
    [InlineData("hello\r\n\r\n", "HTTP/1.1 400 Bad Request", "not an HTTP/1.1 request\n")]
    [InlineData("GET /broken HTTP/1.1\r\n\r\n", "HTTP/1.1 404 Not Found", "not here; try /health /ready /metrics\n")]
    public async Task Request_OfEachKind_GetsItsStatusAndBody(string request, string statusLine, string body)
    {
        int port = Start();

        string answer = await Exchange(port, request);

        Assert.StartsWith(statusLine + "\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(body, answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
    }

    [Fact]
    public async Task Request_Head_SaysTheLengthOfTheBodyItLeavesOut()
    {
        string answer = await Exchange(Start(), "HEAD /metrics HTTP/1.1\r\n\r\n");
        Assert.Contains("Content-Length: 5\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_LargerThanTheBound_Gets413()
    {
        string request = "GET /health HTTP/1.1\r\nX: " + new string('a', AdminLimits.RequestBytes) + "\r\n\r\n";
        Assert.StartsWith("HTTP/1.1 413 ", await Exchange(Start(), request), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_InSingleBytes_IsAnswered()
    {
        using Socket client = await Connect(Start());
        foreach (byte b in "GET /health HTTP/1.1\r\n\r\n"u8.ToArray())
        {
            await client.SendAsync(new[] { b });
        }

        Assert.EndsWith("\r\n\r\nOK", await ReadToEnd(client), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_NeverFinished_IsCutAfterTheRequestTime()
    {
        using Socket client = await Connect(Start());
        await client.SendAsync("GET /hea"u8.ToArray());

        Assert.Equal("", await ReadToEnd(client));
    }

    [Fact]
    public async Task Request_HandlerFails_Gets500AndALogLine()
    {
        AdminRoute broken = new("/metrics", AdminRoute.PlainText, _ => throw new InvalidOperationException("no"));
        _server.Apply(new AdminPlan().Add(s_anyPort, broken));

        Assert.StartsWith("HTTP/1.1 500 ", await Exchange(_server.PortOf(s_anyPort), Get("/metrics")), StringComparison.Ordinal);
        Assert.Equal(["admin: /metrics: no"], _log);
    }

    [Fact]
    public async Task Connections_BeyondTheBound_AreClosedAndCounted()
    {
        int port = Start();
        List<Socket> idle = [];
        for (int i = 0; i < AdminLimits.Connections; i++)
        {
            idle.Add(await Connect(port));
        }

        // The listener takes them in order, so this one is the first that is too many.
        using Socket extra = await Connect(port);
        Assert.Equal("", await ReadToEnd(extra));
        Assert.Equal(1, _server.Refused);
        idle.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task Apply_PortTaken_SaysWhichAndWhyOnceAndTakesItWhenItIsFree()
    {
        int port = Start();
        Socket other = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        int taken = ((IPEndPoint)other.LocalEndPoint!).Port;
        AdminPlan plan = new AdminPlan()
            .Add(s_anyPort, AdminRoute.Health(s_well))
            .Add(new AdminEndPoint(IPAddress.Loopback, taken), AdminRoute.Health(s_well));

        _server.Apply(plan);

        Assert.Equal(
            [$"cannot listen on 127.0.0.1:{taken} for /health: the port is already in use; serving DNS without it, trying again"],
            _log);
        Assert.Equal(port, _server.PortOf(s_anyPort));

        other.Dispose();
        Assert.EndsWith("OK", await ExchangeOnceOpen(taken, Get("/health")), StringComparison.Ordinal);
        Assert.Equal(2, _log.Count);
    }

    [Fact]
    public void Apply_AddressNotOfThisMachine_SaysSo()
    {
        _server.Apply(new AdminPlan().Add(new AdminEndPoint(IPAddress.Parse("192.0.2.1"), 0), AdminRoute.Health(s_well)));
        Assert.StartsWith("cannot listen on 192.0.2.1:0 for /health: this machine does not have the address", _log[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_ThatTakesGzip_GetsALongBodyZipped()
    {
        byte[] text = Encoding.ASCII.GetBytes(new string('a', 50_000));
        _server.Apply(new AdminPlan().Add(s_anyPort, Body("/long", text)));
        int port = _server.PortOf(s_anyPort);

        byte[] zipped = Encoding.Latin1.GetBytes(await Exchange(port, "GET /long HTTP/1.1\r\nAccept-Encoding: br, gzip;q=0.8\r\n\r\n"));
        int start = zipped.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
        Assert.Contains("\r\nContent-Encoding: gzip\r\n", Encoding.Latin1.GetString(zipped, 0, start), StringComparison.Ordinal);
        using GZipStream unzip = new(new MemoryStream(zipped, start, zipped.Length - start), CompressionMode.Decompress);
        using MemoryStream body = new();
        unzip.CopyTo(body);
        Assert.Equal(text, body.ToArray());
        Assert.DoesNotContain("gzip", await Exchange(port, "GET /long HTTP/1.1\r\nAccept-Encoding: gzip;q=0\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_SomethingSilent_Gets503AndItsName()
    {
        _server.Apply(new AdminPlan().Add(s_anyPort, AdminRoute.Health(() => ["no answer from 127.0.0.1:53", "worker 1 is stuck"])));

        string answer = await Exchange(_server.PortOf(s_anyPort), Get("/health"));

        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nno answer from 127.0.0.1:53\nworker 1 is stuck\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_SamePortFromOneAddressToAll_Moves()
    {
        int port = FreePort();
        AdminEndPoint one = new(IPAddress.Loopback, port);
        AdminEndPoint all = new(null, port);
        _server.Apply(new AdminPlan().Add(one, AdminRoute.Health(s_well)));

        _server.Apply(new AdminPlan().Add(all, AdminRoute.Health(s_well)));

        Assert.EndsWith("OK", await Exchange(port, Get("/health")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_ListenerNoLongerNamed_IsClosedAndKeptOnesChangeRoutes()
    {
        AdminEndPoint kept = new(IPAddress.Loopback, FreePort());
        AdminEndPoint gone = new(IPAddress.Loopback, FreePort());
        _server.Apply(new AdminPlan().Add(kept, AdminRoute.Health(s_well)).Add(gone, AdminRoute.Health(s_well)));

        _server.Apply(new AdminPlan().Add(kept, AdminRoute.Health(s_well, "/live")));

        Assert.StartsWith("HTTP/1.1 200", await Exchange(kept.Port, Get("/live")), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 404", await Exchange(kept.Port, Get("/health")), StringComparison.Ordinal);
        await Assert.ThrowsAsync<SocketException>(() => Connect(gone.Port));
    }

    private int Start()
    {
        Readiness readiness = new();
        readiness.Add("upstreams", () => false);
        AdminPlan plan = new AdminPlan()
            .Add(s_anyPort, AdminRoute.Health(s_well))
            .Add(s_anyPort, AdminRoute.Ready(readiness, continuously: false))
            .Add(s_anyPort, Body("/metrics", "up 1\n"u8.ToArray()));
        _server.Apply(plan);
        return _server.PortOf(s_anyPort);
    }

    private static AdminRoute Body(string path, byte[] bytes) => new(path, AdminRoute.PlainText, body =>
    {
        body.Write(bytes);
        return 200;
    });

    private static async Task<string> ExchangeOnceOpen(int port, string request)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return await Exchange(port, request);
            }
            catch (SocketException) when (attempt < 200)
            {
                await Task.Delay(25);
            }
        }
    }

    private static string Get(string path) => $"GET {path} HTTP/1.1\r\n\r\n";

    private static int FreePort()
    {
        using Socket probe = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    private static async Task<Socket> Connect(int port)
    {
        Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port).WaitAsync(s_patience);
        return client;
    }

    private static async Task<string> Exchange(int port, string request)
    {
        using Socket client = await Connect(port);
        await client.SendAsync(Encoding.Latin1.GetBytes(request));
        return await ReadToEnd(client);
    }

    private static async Task<string> ReadToEnd(Socket client)
    {
        using NetworkStream stream = new(client);
        using MemoryStream all = new();
        await stream.CopyToAsync(all).WaitAsync(s_patience);
        return Encoding.Latin1.GetString(all.ToArray());
    }
}
