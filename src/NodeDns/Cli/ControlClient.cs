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
            using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            {
                ReceiveTimeout = TimeoutMilliseconds,
                SendTimeout = TimeoutMilliseconds,
            };
            socket.Connect(new UnixDomainSocketEndPoint(path));
            socket.Send(Encoding.UTF8.GetBytes(request + "\n"));
            using NetworkStream stream = new(socket);
            using StreamReader reader = new(stream, Encoding.UTF8);
            answer = reader.ReadToEnd();
            return true;
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.AccessDenied)
        {
            answer = $"no access to {path}: only the user of the server and root may use it";
        }
        catch (Exception failure) when (failure is SocketException or IOException or ArgumentException)
        {
            answer = $"no server answers at {path} ({failure.Message}); -control-socket PATH names another";
        }

        return false;
    }

    /// <summary>Asks and prints: the answer to <paramref name="output"/>, a refusal to <paramref name="errors"/>.</summary>
    public static int Run(string path, string request, TextWriter output, TextWriter errors)
    {
        bool asked = TryAsk(path, request, out string answer);
        if (asked && !answer.StartsWith(ControlServer.ErrorPrefix, StringComparison.Ordinal))
        {
            output.Write(answer);
            return 0;
        }

        string reason = asked ? answer[ControlServer.ErrorPrefix.Length..].TrimEnd('\n') : answer;
        errors.WriteLine($"nodedns: {reason}");
        return 1;
    }
}
