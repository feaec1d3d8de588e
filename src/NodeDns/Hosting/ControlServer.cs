using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using NodeDns.Logging;

namespace NodeDns.Hosting;

/// <summary>The Unix socket through which the <c>nodedns</c> commands talk to a running server.</summary>
/// <remarks>
/// One request line of words in, any number of answer lines out, closed. An answer that begins with "error: " is a
/// refusal. Answers are sent while they are made, so a long one takes no more memory than a short one. The socket file
/// has mode 0660 from its first moment: it is bound under another name and then renamed.
/// </remarks>
internal sealed class ControlServer(string path, Log log) : IDisposable
{
    public const string ErrorPrefix = "error: ";

    /// <summary>What a server says to a command that came after its time.</summary>
    public const string UnknownCommand = ErrorPrefix + "unknown command ";

    private const UnixFileMode FileMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;

    private readonly ConcurrentDictionary<string, Func<string[], Task<IEnumerable<string>>>> _handlers = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private Socket? _socket;
    private int _connections;

    /// <summary>Adds a command of one word or more; the handler gets the words behind it and returns the answer.</summary>
    public void Register(string command, Func<string[], string> handler) =>
        RegisterLines(command, words => [handler(words)]);

    /// <summary>The same for an answer of many lines, which are made while they are sent.</summary>
    public void RegisterLines(string command, Func<string[], IEnumerable<string>> handler) =>
        RegisterTask(command, words => Task.FromResult(handler(words)));

    /// <summary>The same for an answer that takes time.</summary>
    public void RegisterTask(string command, Func<string[], Task<IEnumerable<string>>> handler) => _handlers[command] = handler;

    /// <summary>Opens the socket; when that fails the server goes on without it, with one warning.</summary>
    public bool Start()
    {
        string? reason = Prepare() ?? TryBind();
        if (reason is not null)
        {
            log.Warning($"no control socket at {path}: {reason}; `nodedns` commands cannot reach this server");
            return false;
        }

        _ = AcceptLoop(_socket!);
        return true;
    }

    public void Dispose()
    {
        _stop.Cancel();
        if (_socket is not null)
        {
            _socket.Dispose();
            Remove(path);
        }
    }

    /// <summary>Makes the folder and clears a stale file away. Null, or why the socket cannot be there.</summary>
    private string? Prepare()
    {
        try
        {
            if (Encoding.UTF8.GetByteCount(path) + ".new".Length > ControlLimits.PathBytes)
            {
                return $"the path is longer than {ControlLimits.PathBytes - ".new".Length} bytes";
            }

            string? folder = Path.GetDirectoryName(Path.GetFullPath(path));
            if (folder is not null && !Directory.Exists(folder))
            {
                Directory.CreateDirectory(folder, FolderMode);
            }

            if (!Path.Exists(path))
            {
                return null;
            }

            // Connecting tells a live server from a file that a killed one left behind.
            return ProbeExisting() switch
            {
                SocketError.Success => "another process answers there",
                SocketError.ConnectionRefused => null,
                SocketError other => $"there is a file that is no control socket ({other})",
            };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return failure.Message;
        }
    }

    private SocketError ProbeExisting()
    {
        if (Directory.Exists(path) || new FileInfo(path).Length > 0)
        {
            return SocketError.NotSocket;
        }

        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return SocketError.Success;
        }
        catch (SocketException failure)
        {
            // An ordinary empty file refuses connections too: replacing it loses nothing.
            return failure.SocketErrorCode;
        }
    }

    private string? TryBind()
    {
        string unfinished = path + ".new";
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            Remove(unfinished);
            socket.Bind(new UnixDomainSocketEndPoint(unfinished));
            File.SetUnixFileMode(unfinished, FileMode);
            socket.Listen(ControlLimits.Connections);
            File.Move(unfinished, path, overwrite: true);
            _socket = socket;
            return null;
        }
        catch (Exception failure) when (failure is SocketException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            return failure.Message;
        }
    }

    private static void Remove(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Bind reports what stands in the way; at the end of the process a leftover is replaced by the next.
        }
    }

    private async Task AcceptLoop(Socket listener)
    {
        await Task.Yield();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Socket client = await listener.AcceptAsync(_stop.Token);
                if (Volatile.Read(ref _connections) >= ControlLimits.Connections)
                {
                    client.Dispose();
                    continue;
                }

                _ = Serve(client);
            }
            catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException failure)
            {
                log.Warning($"control socket: {failure.Message}");
                await Task.Delay(ControlLimits.ExchangeTime);
            }
        }
    }

    private async Task Serve(Socket client)
    {
        Interlocked.Increment(ref _connections);
        try
        {
            using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            deadline.CancelAfter(ControlLimits.ExchangeTime);
            string? request = await ReadLine(client, deadline.Token);
            deadline.CancelAfter(ControlLimits.AnswerTime);
            if (request is null)
            {
                await Send(client, ErrorPrefix + $"expected one line of at most {ControlLimits.RequestBytes} bytes\n", deadline.Token);
            }
            else
            {
                await SendLines(client, request, deadline.Token);
            }
        }
        catch (Exception gone) when (gone is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The command was interrupted, or we are stopping.
        }
        finally
        {
            client.Dispose();
            Interlocked.Decrement(ref _connections);
        }
    }

    private static async Task<string?> ReadLine(Socket client, CancellationToken deadline)
    {
        byte[] buffer = new byte[ControlLimits.RequestBytes];
        int received = 0;
        while (received < buffer.Length)
        {
            int count = await client.ReceiveAsync(buffer.AsMemory(received), deadline);
            if (count == 0)
            {
                return null;
            }

            received += count;
            int end = buffer.AsSpan(0, received).IndexOf((byte)'\n');
            if (end >= 0)
            {
                return Encoding.UTF8.GetString(buffer, 0, end);
            }
        }

        return null;
    }

    private static async Task Send(Socket client, string text, CancellationToken deadline)
    {
        using CancellationTokenSource soon = CancellationTokenSource.CreateLinkedTokenSource(deadline);
        soon.CancelAfter(ControlLimits.ExchangeTime);
        ReadOnlyMemory<byte> rest = Encoding.UTF8.GetBytes(text);
        while (rest.Length > 0)
        {
            int sent = await client.SendAsync(rest, soon.Token);
            rest = rest[sent..];
        }
    }

    private async Task SendLines(Socket client, string request, CancellationToken deadline)
    {
        StringBuilder chunk = new();
        try
        {
            foreach (string line in await Answer(request))
            {
                chunk.Append(line).Append(line.EndsWith('\n') ? "" : "\n");
                if (chunk.Length >= ControlLimits.ChunkCharacters)
                {
                    await Send(client, chunk.ToString(), deadline);
                    chunk.Clear();
                }
            }
        }
        catch (Exception broken) when (broken is not (OutOfMemoryException or OperationCanceledException or SocketException))
        {
            log.Error($"control socket: {request}: {broken}");
            chunk.Append(ErrorPrefix).Append(broken.Message).Append('\n');
        }

        await Send(client, chunk.ToString(), deadline);
    }

    private Task<IEnumerable<string>> Answer(string request)
    {
        string[] words = request.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        for (int count = words.Length; count > 0; count--)
        {
            if (_handlers.TryGetValue(
                string.Join(' ', words[..count]), out Func<string[], Task<IEnumerable<string>>>? handler))
            {
                return handler(words[count..]);
            }
        }

        return Task.FromResult<IEnumerable<string>>([UnknownCommand + LogLine.Clean(request)]);
    }
}
