using System;
using System.Buffers.Binary;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace NodeDns.Load.Tests;

/// <summary>A TCP server on loopback that returns every query as its answer and hangs up after a number of them.</summary>
internal sealed class ScriptedTcpServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _answersPerConnection;

    public ScriptedTcpServer(int answersPerConnection)
    {
        _answersPerConnection = answersPerConnection;
        _listener.Start();
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public string EndPoint => _listener.LocalEndpoint.ToString()!;

    public void Dispose() => _listener.Dispose();

    private void Accept()
    {
        try
        {
            while (true)
            {
                TcpClient client = _listener.AcceptTcpClient();
                new Thread(() => Serve(client)) { IsBackground = true }.Start();
            }
        }
        catch (Exception error) when (error is SocketException or InvalidOperationException)
        {
            // The listener was closed: the test is over.
        }
    }

    private void Serve(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                byte[] frame = new byte[2 + ushort.MaxValue];
                for (int i = 0; i < _answersPerConnection; i++)
                {
                    stream.ReadExactly(frame, 0, 2);
                    int length = BinaryPrimitives.ReadUInt16BigEndian(frame);
                    stream.ReadExactly(frame, 2, length);
                    frame[4] |= 0x80;

                    // In two pieces, so that the reader has to put a frame together.
                    stream.Write(frame, 0, 5);
                    stream.Write(frame, 5, length - 3);
                }
            }
            catch (IOException)
            {
                // The client left.
            }
        }
    }
}
