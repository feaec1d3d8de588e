using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace NodeDns.TestKit;

/// <summary>Asks a server over UDP and TCP from sockets of its own.</summary>
/// <remarks>UDP sockets are connected, so an answer from any other address than the one asked never arrives.</remarks>
/// <param name="networkNamespace">Where the sockets are; null: where the test is.</param>
public sealed class DnsClient(IPEndPoint server, string? networkNamespace = null)
{
    public static TimeSpan DefaultTimeout { get; } = TimeSpan.FromSeconds(8);

    public IPEndPoint Server { get; } = server;

    public Task<DnsMessage> UdpAsync(string name, ushort type = RrType.A) => UdpAsync(DnsMessage.Query(name, type));

    /// <summary>The answer, read strictly and checked for id and QR.</summary>
    public async Task<DnsMessage> UdpAsync(DnsMessage query, TimeSpan? timeout = null)
    {
        byte[] bytes = await UdpRawAsync(query.Encode(), timeout)
            ?? throw new TimeoutException($"no answer over UDP to {query}");
        return Checked(query, bytes);
    }

    /// <summary>Whatever comes back first, or null for silence.</summary>
    public async Task<byte[]?> UdpRawAsync(byte[] bytes, TimeSpan? timeout = null)
    {
        using Socket socket = ConnectUdp();
        await socket.SendAsync(bytes);
        return await ReceiveAsync(socket, timeout ?? DefaultTimeout);
    }

    /// <param name="source">The address to ask from; null leaves the choice to the kernel.</param>
    public Socket ConnectUdp(IPAddress? source = null)
    {
        Socket socket = NetworkNamespace.Socket(networkNamespace, Server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        if (source is not null)
        {
            socket.Bind(new IPEndPoint(source, 0));
        }

        socket.Connect(Server);
        return socket;
    }

    public static async Task<byte[]?> ReceiveAsync(Socket socket, TimeSpan timeout)
    {
        byte[] buffer = new byte[65536];
        using var deadline = new CancellationTokenSource(timeout);
        try
        {
            int length = await socket.ReceiveAsync(buffer, deadline.Token);
            return buffer[..length];
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    public Task<DnsMessage> TcpAsync(string name, ushort type = RrType.A) => TcpAsync(DnsMessage.Query(name, type));

    public async Task<DnsMessage> TcpAsync(DnsMessage query, TimeSpan? timeout = null)
    {
        using DnsTcpConnection connection = await ConnectTcpAsync();
        await connection.SendAsync(query.Encode());
        byte[] bytes = await connection.ReceiveAsync(timeout)
            ?? throw new TimeoutException($"no answer over TCP to {query}");
        return Checked(query, bytes);
    }

    /// <param name="source">The address to connect from; null for the kernel's choice.</param>
    public async Task<DnsTcpConnection> ConnectTcpAsync(IPAddress? source = null)
    {
        Socket socket = NetworkNamespace.Socket(networkNamespace, Server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.NoDelay = true;
        if (source is not null)
        {
            socket.Bind(new IPEndPoint(source, 0));
        }

        await socket.ConnectAsync(Server);
        return new DnsTcpConnection(socket);
    }

    private static DnsMessage Checked(DnsMessage query, byte[] bytes)
    {
        DnsMessage answer = DnsMessage.Decode(bytes);
        if (answer.Id != query.Id || !answer.IsResponse || answer.TrailingBytes != 0)
        {
            throw new FormatException($"asked {query}, got {answer} with {answer.TrailingBytes} trailing bytes");
        }

        return answer;
    }
}
