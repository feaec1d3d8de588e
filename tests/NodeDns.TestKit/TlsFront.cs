using System;
using System.Collections.Concurrent;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;

namespace NodeDns.TestKit;

/// <summary>Puts TLS in front of a TCP port, a fake upstream's or another.</summary>
public sealed class TlsFront : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<Socket, bool> _connections = new();
    private readonly IPEndPoint _behind;
    private int _handshakes;

    public TlsFront(FakeUpstream behind, X509Certificate2 certificate)
        : this(behind.EndPoint, certificate)
    {
    }

    public TlsFront(IPEndPoint behind, X509Certificate2 certificate)
    {
        _behind = behind;
        Certificate = certificate;
        Port = FreePort.Next();
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, Port));
        _listener.Listen(512);
        _ = Task.Run(AcceptLoopAsync);
    }

    public int Port { get; }

    /// <summary>What is shown from the next connection on.</summary>
    public X509Certificate2 Certificate { get; set; }

    /// <summary>Wants a certificate of the client.</summary>
    public bool AsksForCertificate { get; set; }

    /// <summary>Handshakes that were finished.</summary>
    public int Handshakes => Volatile.Read(ref _handshakes);

    public int OpenConnections => _connections.Count;

    /// <summary>The name asked for in the last handshake (SNI).</summary>
    public string? ServerName { get; private set; }

    /// <summary>The client's certificate of the last handshake.</summary>
    public string? ClientSubject { get; private set; }

    public void CloseConnections()
    {
        foreach (Socket connection in _connections.Keys)
        {
            connection.Dispose();
        }
    }

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        CloseConnections();
        return ValueTask.CompletedTask;
    }

    private async Task AcceptLoopAsync()
    {
        while (true)
        {
            try
            {
                Socket connection = await _listener.AcceptAsync();
                connection.NoDelay = true;
                _connections[connection] = true;
                _ = ServeAsync(connection);
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = Certificate,
                ClientCertificateRequired = AsksForCertificate,
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    ClientSubject = certificate?.Subject;
                    return certificate is not null || !AsksForCertificate;
                },
            });
            ServerName = tls.TargetHostName;
            Interlocked.Increment(ref _handshakes);
            using var inner = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await inner.ConnectAsync(_behind);
            await using var plain = new NetworkStream(inner);
            await Task.WhenAny(tls.CopyToAsync(plain), plain.CopyToAsync(tls));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
        {
            // Refused by the client, which is what some tests want, or the test is over.
        }
        finally
        {
            _connections.TryRemove(socket, out _);
        }
    }
}
