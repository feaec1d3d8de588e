using System;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using NodeDns.Cli;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.Tests.Deploy;

/// <summary>deploy/systemd: a unit that systemd reads, a command line that NodeDns reads, and the notices that both speak.</summary>
public sealed class SystemdUnitTests
{
    private static readonly string s_path = Path.Combine(RepositoryRoot.Path, "deploy/systemd/nodedns.service");
    private static readonly string[] s_lines = File.ReadAllLines(s_path);

    [Fact]
    public async Task Unit_ReadBySystemd_HasNoMistake()
    {
        // systemd looks for the program, which is not installed here.
        string folder = Directory.CreateTempSubdirectory("nodedns-unit-").FullName;
        string copy = Path.Combine(folder, "nodedns.service");
        await File.WriteAllTextAsync(copy, string.Join('\n', s_lines).Replace("/usr/bin/nodedns", "/bin/true", StringComparison.Ordinal));
        try
        {
            CommandResult result = await CommandResult.RunAsync("systemd-analyze", ["verify", copy]);

            Assert.True(result.ExitCode == 0, result.All);
            Assert.Empty(result.All);
        }
        catch (Win32Exception)
        {
            // No systemd here: the words of the unit are still tested below.
            Assert.Contains("[Service]", s_lines);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("Type=notify")]
    [InlineData("NoNewPrivileges=yes")]
    [InlineData("ProtectSystem=strict")]
    [InlineData("CapabilityBoundingSet=CAP_NET_BIND_SERVICE")]
    [InlineData("RuntimeDirectory=nodedns")]
    [InlineData("DynamicUser=yes")]
    public void Unit_EachPromise_IsKept(string line) => Assert.Contains(line, s_lines);

    [Fact]
    public void Unit_CommandLine_IsTheProgramsOwn()
    {
        string[] words = s_lines.Single(line => line.StartsWith("ExecStart=", StringComparison.Ordinal))["ExecStart=".Length..].Split(' ');

        CommandLine line = CommandLine.Parse(words.AsSpan(1));

        Assert.Equal("/usr/bin/nodedns", words[0]);
        Assert.Null(line.Error);
        Assert.Equal("/etc/nodedns/Corefile", line.Options.ConfigPath);
    }

    [Fact]
    public async Task Notices_OfTheProgram_AreReadyThenStopping()
    {
        string folder = Directory.CreateTempSubdirectory("nodedns-notify-").FullName;
        using Socket manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder, "notify")));
        string corefile = Path.Combine(folder, "Corefile");
        await File.WriteAllTextAsync(corefile, $".:{FreePort.Next()} {{\n    bind 127.0.0.1\n    whoami\n}}\n");
        var start = new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "nodedns"), ["-conf", corefile, "-control-socket", Path.Combine(folder, "control")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_ROOT"] = RepositoryRoot.DotnetRoot;
        start.Environment["NOTIFY_SOCKET"] = Path.Combine(folder, "notify");
        using Process process = Process.Start(start)!;
        try
        {
            Assert.Equal("READY=1", await ReceiveAsync(manager));

            await CommandResult.RunAsync("/bin/sh", ["-c", $"kill -TERM {process.Id}"]);

            Assert.Equal("STOPPING=1", await ReceiveAsync(manager));
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(15));
            await process.WaitForExitAsync(deadline.Token);
            Assert.Equal(0, process.ExitCode);
        }
        finally
        {
            process.Kill();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> ReceiveAsync(Socket manager)
    {
        byte[] datagram = new byte[256];
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        int length = await manager.ReceiveAsync(datagram, deadline.Token);
        return Encoding.UTF8.GetString(datagram, 0, length);
    }
}
