using System;
using System.IO;
using System.Net.Sockets;
using System.Text;
using NodeDns.Hosting;

namespace NodeDns.Cli;

/// <summary>Sends one request line to a running server and returns its answer.</summary>
internal static class ControlClient
{
    private const int TimeoutMilliseconds = 30_000;

    /// <summary>False: nobody could be asked, and the answer says why.</summary>
    public static bool TryAsk(string path, string request, out string answer)
    {
        try
        {
            using Socket socket = Connect(path);
            socket.Send(Encoding.UTF8.GetBytes(request + "\n"));
            using NetworkStream stream = new(socket);
            using StreamReader reader = new(stream, Encoding.UTF8);
            answer = reader.ReadToEnd();
            return true;
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.AccessDenied)
        {
            answer = NoAccess(path);
        }
        catch (Exception failure) when (failure is SocketException or IOException or ArgumentException)
        {
            answer = NoServer(path, failure);
        }

        return false;
    }

    /// <summary>Asks and prints, line by line as it comes: the answer to <paramref name="output"/>, a refusal to <paramref name="errors"/>.</summary>
    public static int Run(string path, string request, TextWriter output, TextWriter errors)
    {
        try
        {
            using Socket socket = Connect(path);
            socket.Send(Encoding.UTF8.GetBytes(request + "\n"));
            using NetworkStream stream = new(socket);
            using StreamReader reader = new(stream, Encoding.UTF8);
            return Print(path, request, reader, output, errors);
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.AccessDenied)
        {
            errors.WriteLine($"nodedns: {NoAccess(path)}");
        }
        catch (Exception failure) when (failure is SocketException or IOException or ArgumentException)
        {
            errors.WriteLine($"nodedns: {NoServer(path, failure)}");
        }

        return 1;
    }

    /// <summary>What an operator is told of a refusal.</summary>
    public static string Refusal(string path, string request, string answer) =>
        answer.StartsWith(ControlServer.UnknownCommand, StringComparison.Ordinal)
            ? $"the server at {path} does not know `{request}`: it is older than this command, or was not started with what it needs"
            : answer[ControlServer.ErrorPrefix.Length..].TrimEnd('\n');

    private static int Print(string path, string request, StreamReader reader, TextWriter output, TextWriter errors)
    {
        string? line = reader.ReadLine();
        if (line is null)
        {
            errors.WriteLine($"nodedns: the server at {path} closed the connection: too many commands at one time, or it is stopping");
            return 1;
        }

        for (; line is not null; line = reader.ReadLine())
        {
            if (line.StartsWith(ControlServer.ErrorPrefix, StringComparison.Ordinal))
            {
                errors.WriteLine($"nodedns: {Refusal(path, request, line)}");
                return 1;
            }

            output.WriteLine(line);
        }

        return 0;
    }

    private static Socket Connect(string path)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        {
            ReceiveTimeout = TimeoutMilliseconds,
            SendTimeout = TimeoutMilliseconds,
        };
        socket.Connect(new UnixDomainSocketEndPoint(path));
        return socket;
    }

    private static string NoAccess(string path) =>
        $"no access to {path}: only root, the user of the server and the group of the socket may use it";

    private static string NoServer(string path, Exception failure) =>
        // For a file that is not there the runtime says "cannot assign requested address".
        $"no server answers at {path} ({(File.Exists(path) ? failure.Message : "no such file")}); is it running? -control-socket PATH names another";
}
