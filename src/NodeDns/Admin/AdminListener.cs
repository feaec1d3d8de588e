using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using NodeDns.Logging;

namespace NodeDns.Admin;

/// <summary>One bound HTTP socket and its accept loop; the routes it answers can be exchanged while it runs.</summary>
internal sealed class AdminListener : IDisposable
{
    private readonly Socket _socket;
    private readonly Log _log;
    private readonly CancellationTokenSource _stop = new();
    private volatile AdminRoute[] _routes;
    private int _connections;
    private long _refused;

    private AdminListener(AdminEndPoint endPoint, Socket socket, AdminRoute[] routes, Log log)
    {
        EndPoint = endPoint;
        _socket = socket;
        _routes = routes;
        _log = log;
        _ = AcceptLoop();
    }

    public AdminEndPoint EndPoint { get; }

    /// <summary>The port in use, also when 0 was asked for.</summary>
    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    /// <summary>Connections closed because too many were open.</summary>
    public long Refused => Volatile.Read(ref _refused);

    public AdminRoute[] Routes
    {
        set => _routes = value;
    }

    /// <summary>Binds and starts to answer, or says in one phrase why not.</summary>
    public static AdminListener? TryStart(AdminEndPoint endPoint, AdminRoute[] routes, Log log, out string error) =>
        TryStart(endPoint, routes, log, out error, out _);

    /// <param name="isTaken">Whether the only reason is another listener on the port, which may go away.</param>
    public static AdminListener? TryStart(
        AdminEndPoint endPoint, AdminRoute[] routes, Log log, out string error, out bool isTaken)
    {
        isTaken = false;
        Socket? socket = null;
        try
        {
            socket = Bind(endPoint);
            socket.Listen(AdminLimits.Connections);
            error = "";
            return new AdminListener(endPoint, socket, routes, log);
        }
        catch (SocketException failure)
        {
            socket?.Dispose();
            isTaken = failure.SocketErrorCode == SocketError.AddressAlreadyInUse;
            error = failure.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "the port is already in use",
                SocketError.AccessDenied => "not allowed (a port below 1024 needs root or CAP_NET_BIND_SERVICE)",
                SocketError.AddressNotAvailable => "this machine does not have the address",
                _ => failure.Message,
            };
            return null;
        }
    }

    public void Dispose()
    {
        // Answers under way end by the token; the token source itself holds nothing that needs freeing.
        _stop.Cancel();
        _socket.Dispose();
    }

    private static Socket Bind(AdminEndPoint endPoint)
    {
        if (endPoint.Address is not null)
        {
            return Bind(new IPEndPoint(endPoint.Address, endPoint.Port));
        }

        return Socket.OSSupportsIPv6
            ? Bind(new IPEndPoint(IPAddress.IPv6Any, endPoint.Port))
            : Bind(new IPEndPoint(IPAddress.Any, endPoint.Port));
    }

    private static Socket Bind(IPEndPoint endPoint)
    {
        Socket socket = new(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.NoDelay = true;
            socket.Bind(endPoint);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task AcceptLoop()
    {
        // Return to the caller before the first accept: a constructor should not answer requests.
        await Task.Yield();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Socket client = await _socket.AcceptAsync(_stop.Token);
                if (Volatile.Read(ref _connections) >= AdminLimits.Connections)
                {
                    Interlocked.Increment(ref _refused);
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
                if (_stop.IsCancellationRequested)
                {
                    return;
                }

                _log.Warning($"admin: accept on {EndPoint}: {failure.Message}");
                await Task.Delay(AdminLimits.AcceptPause);
            }
        }
    }

    private async Task Serve(Socket client)
    {
        Interlocked.Increment(ref _connections);
        try
        {
            await new AdminConnection(client, _routes, _log).Run(_stop.Token);
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }
}
