using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
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
        AdminPlan plan = new AdminPlan().Add(s_anyPort, AdminRoute.Metrics(_ => throw new InvalidOperationException("no")));
        Assert.True(_server.TryApply(plan, out _));

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
    public void TryApply_PortTaken_ChangesNothingAndSaysWhichAndWhy()
    {
        int port = Start();
        using Socket other = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        int taken = ((IPEndPoint)other.LocalEndPoint!).Port;
        AdminPlan plan = new AdminPlan().Add(new AdminEndPoint(IPAddress.Loopback, taken), AdminRoute.Health());

        Assert.False(_server.TryApply(plan, out string error));

        Assert.Equal($"cannot listen on 127.0.0.1:{taken} for /health: the port is already in use", error);
        Assert.Equal(port, _server.PortOf(s_anyPort));
    }

    [Fact]
    public void TryApply_AddressNotOfThisMachine_SaysSo()
    {
        AdminPlan plan = new AdminPlan().Add(new AdminEndPoint(IPAddress.Parse("192.0.2.1"), 0), AdminRoute.Health());
        Assert.False(_server.TryApply(plan, out string error));
        Assert.Equal("cannot listen on 192.0.2.1:0 for /health: this machine does not have the address", error);
    }

    [Fact]
    public async Task TryApply_SamePortFromOneAddressToAll_Moves()
    {
        int port = FreePort();
        AdminEndPoint one = new(IPAddress.Loopback, port);
        AdminEndPoint all = new(null, port);
        Assert.True(_server.TryApply(new AdminPlan().Add(one, AdminRoute.Health()), out _));

        Assert.True(_server.TryApply(new AdminPlan().Add(all, AdminRoute.Health()), out string error), error);

        Assert.EndsWith("OK", await Exchange(port, Get("/health")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TryApply_ListenerNoLongerNamed_IsClosedAndKeptOnesChangeRoutes()
    {
        AdminEndPoint kept = new(IPAddress.Loopback, FreePort());
        AdminEndPoint gone = new(IPAddress.Loopback, FreePort());
        Assert.True(_server.TryApply(new AdminPlan().Add(kept, AdminRoute.Health()).Add(gone, AdminRoute.Health()), out _));

        Assert.True(_server.TryApply(new AdminPlan().Add(kept, AdminRoute.Health("/live")), out _));

        Assert.StartsWith("HTTP/1.1 200", await Exchange(kept.Port, Get("/live")), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 404", await Exchange(kept.Port, Get("/health")), StringComparison.Ordinal);
        await Assert.ThrowsAsync<SocketException>(() => Connect(gone.Port));
    }

    private int Start()
    {
        Readiness readiness = new();
        readiness.Add("upstreams", () => false);
        AdminPlan plan = new AdminPlan()
            .Add(s_anyPort, AdminRoute.Health())
            .Add(s_anyPort, AdminRoute.Ready(readiness, continuously: false))
            .Add(s_anyPort, AdminRoute.Metrics(body => body.Write("up 1\n"u8)));
        Assert.True(_server.TryApply(plan, out string error), error);
        return _server.PortOf(s_anyPort);
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
