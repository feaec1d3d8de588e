using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;

namespace NodeDns.TestKit;

/// <summary>How a <see cref="NodeDnsProcess"/> is started.</summary>
public sealed record NodeDnsOptions
{
    public required string Corefile { get; init; }

    /// <summary>Where readiness is asked for; the Corefile must serve it.</summary>
    public required int Port { get; init; }

    public IPAddress Address { get; init; } = IPAddress.Loopback;

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public bool TestClock { get; init; } = true;

    /// <summary>The name asked until an answer comes.</summary>
    public string ReadinessName { get; init; } = "readiness.nodedns.test.";

    /// <summary>Where the Corefile is when it was made before the start; otherwise a file is written.</summary>
    public string? CorefilePath { get; init; }

    /// <summary>The network namespace the program runs in; null: the test's own.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>A command that becomes the program, which is given to it as its last arguments.</summary>
    public IReadOnlyList<string> Wrapper { get; init; } = [];

    public TimeSpan ReadinessLimit { get; init; } = TimeSpan.FromSeconds(15);
}

/// <summary>The built program as a child process on a Corefile in a folder of its own.</summary>
public sealed class NodeDnsProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();

    private NodeDnsProcess(Process process, NodeDnsOptions options, string folder)
    {
        _process = process;
        Options = options;
        Folder = folder;
        Client = new DnsClient(new IPEndPoint(options.Address, options.Port), options.NetworkNamespace);
    }

    public NodeDnsOptions Options { get; }

    public string Folder { get; }

    public string CorefilePath => Options.CorefilePath ?? Path.Combine(Folder, "Corefile");

    public string ControlSocket => Path.Combine(Folder, "control.sock");

    public DnsClient Client { get; }

    public int Port => Options.Port;

    public int Id => _process.Id;

    public bool IsAlive => !_process.HasExited;

    /// <summary>From start of the process to its first answer.</summary>
    public TimeSpan StartToFirstAnswer { get; private set; }

    /// <summary>Everything written to stdout and stderr so far.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Resident memory in bytes.</summary>
    public long ResidentBytes => 1024 * long.Parse(
        StatusLine("VmRSS").Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);

    /// <summary>User and system time spent so far.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public int OpenDescriptors => Directory.GetFileSystemEntries($"/proc/{Id}/fd").Length;

    /// <summary>Starts the program and waits until it answers anything over UDP.</summary>
    public static async Task<NodeDnsProcess> StartAsync(NodeDnsOptions options)
    {
        string folder = Directory.CreateTempSubdirectory("nodedns-e2e-").FullName;
        string corefile = options.CorefilePath ?? Path.Combine(folder, "Corefile");
        if (options.CorefilePath is null)
        {
            await File.WriteAllTextAsync(corefile, options.Corefile);
        }

        // `ip netns exec` becomes the program: the process keeps its number.
        string[] command = options.NetworkNamespace is { } space
            ? ["ip", "netns", "exec", space, .. options.Wrapper, RepositoryRoot.Binary]
            : [.. options.Wrapper, RepositoryRoot.Binary];
        var start = new ProcessStartInfo(command[0],
        [
            .. command[1..],
            "-conf", corefile,
            "-control-socket", Path.Combine(folder, "control.sock"),
            "-log-format", "text",
            .. options.Arguments,
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder,
        };
        start.Environment["DOTNET_ROOT"] = RepositoryRoot.DotnetRoot;
        if (options.TestClock)
        {
            start.Environment["NODEDNS_TEST_CLOCK"] = "1";
        }

        foreach ((string name, string value) in options.Environment)
        {
            start.Environment[name] = value;
        }

        long began = Stopwatch.GetTimestamp();
        var server = new NodeDnsProcess(Process.Start(start)!, options, folder);
        server.Capture();
        try
        {
            await server.WaitUntilReadyAsync();
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        server.StartToFirstAnswer = Stopwatch.GetElapsedTime(began);
        return server;
    }

    /// <summary>Runs the program to its end, for subcommands and for starts that must fail.</summary>
    public static Task<CommandResult> RunAsync(params string[] arguments) => CommandResult.RunAsync(
        RepositoryRoot.Binary, ["-log-format", "text", .. arguments], change: s => s.Environment["DOTNET_ROOT"] = RepositoryRoot.DotnetRoot);

    /// <summary>Moves the server's test clock and returns when what became due has been fired.</summary>
    public async Task AdvanceClockAsync(TimeSpan by)
    {
        CommandResult result = await RunAsync("clock", "advance",
            by.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture), "-control-socket", ControlSocket);
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"clock advance failed with {result.ExitCode}: {result.All}");
        }
    }

    public Task AdvanceClockAsync(double seconds) => AdvanceClockAsync(TimeSpan.FromSeconds(seconds));

    /// <summary>Sends a signal by its short name: HUP, USR1, TERM, STOP, CONT.</summary>
    public Task SignalAsync(string name) => CommandResult.RunAsync("/bin/sh", ["-c", $"kill -{name} {Id}"]);

    public Task WriteCorefileAsync(string text) => File.WriteAllTextAsync(CorefilePath, text);

    /// <summary>The exit code, after waiting for the end.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan? limit = null)
    {
        using var deadline = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(10));
        await _process.WaitForExitAsync(deadline.Token);
        return _process.ExitCode;
    }

    /// <summary>Waits until the output has a line with the text; false when it does not come.</summary>
    public async Task<bool> WaitForOutputAsync(string text, TimeSpan? limit = null)
    {
        DateTime deadline = DateTime.UtcNow + (limit ?? TimeSpan.FromSeconds(10));
        while (!Output.Contains(text, StringComparison.OrdinalIgnoreCase))
        {
            if (DateTime.UtcNow > deadline)
            {
                return false;
            }

            await Task.Delay(10);
        }

        return true;
    }

    public async ValueTask DisposeAsync()
    {
        if (IsAlive)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task WaitUntilReadyAsync()
    {
        DateTime deadline = DateTime.UtcNow + Options.ReadinessLimit;
        byte[] query = DnsMessage.Query(Options.ReadinessName).Encode();
        while (DateTime.UtcNow < deadline)
        {
            if (!IsAlive)
            {
                await Task.Delay(50);
                throw new InvalidOperationException($"nodedns ended with {_process.ExitCode} instead of serving:\n{Output}");
            }

            try
            {
                if (await Client.UdpRawAsync(query, TimeSpan.FromMilliseconds(200)) is not null)
                {
                    // It answers before all else; the control socket is the last of what it opens.
                    while (!File.Exists(ControlSocket) && !Options.Arguments.Contains("-control-socket") && DateTime.UtcNow < deadline)
                    {
                        await Task.Delay(5);
                    }

                    return;
                }
            }
            catch (System.Net.Sockets.SocketException)
            {
                // Refused: not bound yet.
                await Task.Delay(10);
            }
        }

        throw new TimeoutException($"nodedns did not answer on port {Port}:\n{Output}");
    }

    private void Capture()
    {
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _process.StandardInput.Close();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not null)
        {
            _output.Enqueue(line.Data);
        }
    }

    private string StatusLine(string key) => File.ReadLines($"/proc/{Id}/status")
        .First(l => l.StartsWith(key + ":", StringComparison.Ordinal))[(key.Length + 1)..].Trim();
}
