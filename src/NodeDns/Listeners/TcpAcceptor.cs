using System;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using NodeDns.Linux.Sockets;
using NodeDns.Logging;

namespace NodeDns.Listeners;

/// <summary>Accepts TCP clients on one listen address.</summary>
internal sealed class TcpAcceptor : IDisposable
{
    private readonly Socket _socket;
    private readonly TcpConnectionTable _connections;
    private readonly Log _log;

    /// <summary>Binds and listens; throws SocketException when the address cannot be had.</summary>
    public TcpAcceptor(ListenAddress address, TcpTimeouts timeouts, TcpConnectionTable connections, Log log)
    {
        Address = address;
        Timeouts = timeouts;
        _connections = connections;
        _log = log;
        IPEndPoint endPoint = address.EndPoint;
        _socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
            {
                _socket.DualMode = false;
            }

            // Two generations stand side by side during an upgrade.
            _socket.SetRawSocketOption(1, 15, [1, 0, 0, 0]);
            _socket.Bind(endPoint);
            _socket.Listen(ListenerLimits.Backlog);
        }
        catch (SocketException)
        {
            _socket.Dispose();
            throw;
        }
    }

    public ListenAddress Address { get; }

    public TcpTimeouts Timeouts { get; set; }

    public void Start() => _ = AcceptLoop();

    /// <summary>Has new connections go to another listener of the port, of an upgrade's other generation.</summary>
    public void SendNewTo(int place) => ReusePortGroup.SendTo((int)_socket.SafeHandle.DangerousGetHandle(), place);

    public void Dispose() => _socket.Dispose();

    private async Task AcceptLoop()
    {
        while (true)
        {
            try
            {
                Accept(await _socket.AcceptAsync().ConfigureAwait(false));
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.OperationAborted)
            {
                return;
            }
            catch (SocketException error)
            {
                // No descriptors left, say: go on, but not in a rush.
                _log.Warning($"tcp {Address.EndPoint}: accept failed: {error.SocketErrorCode}");
                await Task.Delay(100).ConfigureAwait(false);
            }
        }
    }

    private void Accept(Socket client)
    {
        try
        {
            client.NoDelay = true;
            _connections.Accept(client, Address, Timeouts);
        }
        catch (Exception error)
        {
            client.Dispose();
            if (error is not (SocketException or ObjectDisposedException))
            {
                // Not merely gone before it was served; but one client must not end the accepting of others.
                _log.Error($"tcp {Address.EndPoint}: unexpected error, a client is sent away: {error}");
            }
        }
    }
}
