using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using NodeDns.Hosting;
using NodeDns.Logging;
using Xunit;

namespace NodeDns.Tests.Hosting;

public sealed class ControlServerTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _log = [];
    private volatile int _made;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("echo a  b\n", "a|b\n")]
    [InlineData("clock advance 60\n", "clock 60\n")]
    [InlineData("clock\n", "error: unknown command clock\n")]
    [InlineData("\n", "error: unknown command \n")]
    [InlineData("fail\n", "error: on purpose\n")]
    public async Task Request_OneLine_GetsTheHandlersAnswer(string request, string answer)
    {
        using ControlServer server = Start(_folder["control.sock"]);
        Assert.Equal(answer, await Exchange(_folder["control.sock"], request));
    }

    [Fact]
    public async Task Request_LongerThanTheBound_IsRefused()
    {
        using ControlServer server = Start(_folder["control.sock"]);
        string answer = await Exchange(_folder["control.sock"], new string('x', ControlLimits.RequestBytes));
        Assert.Equal("error: expected one line of at most 2048 bytes\n", answer);
    }

    [Fact]
    public async Task Lines_MoreThanAnyBuffer_ComeAllAndInOrder()
    {
        using ControlServer server = Start(_folder["control.sock"]);
        string answer = await Exchange(_folder["control.sock"], "count 50000\n");

        Assert.Equal(string.Join('\n', Enumerable.Range(0, 50_000)) + "\n", answer);
    }

    [Fact]
    public async Task Lines_HandlerFailsMidway_EndWithTheReason()
    {
        using ControlServer server = Start(_folder["control.sock"]);
        Assert.Equal("0\n1\nerror: no more\n", await Exchange(_folder["control.sock"], "count 2 fail\n"));
    }

    [Fact]
    public async Task Lines_NobodyReads_AreNotMadeInAdvance()
    {
        using ControlServer server = Start(_folder["control.sock"]);
        using Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(_folder["control.sock"]));
        await client.SendAsync(Encoding.UTF8.GetBytes("count 100000000\n"));
        int made;
        do
        {
            made = _made;
            await Task.Delay(200);
        }
        while (made == 0 || made != _made);

        Assert.InRange(made, 1, 1_000_000);
    }

    [Fact]
    public async Task Request_NeverFinished_IsCut()
    {
        using ControlServer server = Start(_folder["control.sock"]);
        Assert.Equal("", await Exchange(_folder["control.sock"], "echo"));
    }

    [Fact]
    public void Start_FolderMissing_MakesItAndNobodyElseMayConnect()
    {
        string path = _folder["a/b/control.sock"];
        using ControlServer server = Start(path);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, File.GetUnixFileMode(path));
        Assert.False(Path.Exists(path + ".new"));
    }

    [Fact]
    public async Task Start_StaleSocketFile_IsReplaced()
    {
        string path = _folder["control.sock"];
        using (Socket killed = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            killed.Bind(new UnixDomainSocketEndPoint(path + "-bound"));
            File.Move(path + "-bound", path);
        }

        using ControlServer server = Start(path);
        Assert.Equal("a\n", await Exchange(path, "echo a\n"));
    }

    [Fact]
    public async Task Start_AnotherServerAnswersThere_LeavesItAloneAndWarns()
    {
        string path = _folder["control.sock"];
        using ControlServer first = Start(path);

        using ControlServer second = new(path, new Log((_, text) => _log.Add(text)));
        Assert.False(second.Start());
        second.Dispose();

        Assert.Equal(
            [$"no control socket at {path}: another process answers there; `nodedns` commands cannot reach this server"], _log);
        Assert.Equal("a\n", await Exchange(path, "echo a\n"));
    }

    [Fact]
    public void Start_OrdinaryFileInTheWay_KeepsTheFileAndWarns()
    {
        string path = _folder["control.sock"];
        File.WriteAllText(path, "precious");

        using ControlServer server = new(path, new Log((_, text) => _log.Add(text)));

        Assert.False(server.Start());
        Assert.Equal("precious", File.ReadAllText(path));
        Assert.Contains("no control socket", Assert.Single(_log), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/proc/no/such/control.sock")]
    [InlineData("/dev/null/control.sock")]
    public void Start_FolderCannotBeMade_WarnsOnce(string path)
    {
        using ControlServer server = new(path, new Log((_, text) => _log.Add(text)));
        Assert.False(server.Start());
        Assert.Single(_log);
    }

    [Fact]
    public void Start_PathTooLongForASocket_WarnsOnce()
    {
        using ControlServer server = new(_folder[new string('x', 120)], new Log((_, text) => _log.Add(text)));
        Assert.False(server.Start());
        Assert.Contains("longer than 103 bytes", Assert.Single(_log), StringComparison.Ordinal);
    }

    [Fact]
    public void Dispose_AfterStart_RemovesTheFile()
    {
        ControlServer server = Start(_folder["control.sock"]);
        server.Dispose();
        Assert.False(Path.Exists(_folder["control.sock"]));
    }

    private ControlServer Start(string path)
    {
        ControlServer server = new(path, new Log((_, text) => _log.Add(text)));
        server.Register("echo", words => string.Join('|', words));
        server.Register("clock advance", words => "clock " + words[0]);
        server.RegisterLines("count", Count);
        server.Register("fail", _ => throw new InvalidOperationException("on purpose"));
        Assert.True(server.Start(), string.Join(';', _log));
        return server;
    }

    private IEnumerable<string> Count(string[] words)
    {
        for (_made = 0; _made < int.Parse(words[0], CultureInfo.InvariantCulture); _made++)
        {
            yield return _made.ToString(CultureInfo.InvariantCulture);
        }

        if (words.Length > 1)
        {
            throw new InvalidOperationException("no more");
        }
    }

    private static async Task<string> Exchange(string path, string request)
    {
        using Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(path)).WaitAsync(s_patience);
        await client.SendAsync(Encoding.UTF8.GetBytes(request));
        using NetworkStream stream = new(client);
        using StreamReader reader = new(stream);
        return await reader.ReadToEndAsync().WaitAsync(s_patience);
    }
}
