using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace NodeDns.Load.Tests;

/// <summary>A UDP server on loopback that answers every query as a test wants it.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Func<byte[], byte[]?> _answer;
    private readonly Thread _thread;
    private volatile bool _stopped;

    /// <param name="answer">Makes the answer of a query; null leaves it unanswered.</param>
    public ScriptedServer(Func<byte[], byte[]?> answer)
    {
        _answer = answer;
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _socket.ReceiveTimeout = 100;
        _thread = new Thread(Serve) { IsBackground = true };
        _thread.Start();
    }

    public string EndPoint => _socket.LocalEndPoint!.ToString()!;

    public void Dispose()
    {
        _stopped = true;
        _thread.Join();
        _socket.Dispose();
    }

    private void Serve()
    {
        byte[] buffer = new byte[2048];
        while (!_stopped)
        {
            EndPoint client = new IPEndPoint(IPAddress.Any, 0);
            try
            {
                int length = _socket.ReceiveFrom(buffer, ref client);
                if (_answer(buffer[..length]) is { } answer)
                {
                    _socket.SendTo(answer, client);
                }
            }
            catch (SocketException)
            {
                // The timeout is there to look at _stopped.
            }
        }
    }
}
