using System;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace NodeDns.TestKit;

/// <summary>One TCP connection with DNS framing, and raw access for tests that break the framing.</summary>
public sealed class DnsTcpConnection(Socket socket) : IDisposable
{
    public Socket Socket { get; } = socket;

    public static byte[] Frame(byte[] message)
    {
        byte[] framed = new byte[2 + message.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
        message.CopyTo(framed, 2);
        return framed;
    }

    public Task SendAsync(byte[] message) => SendRawAsync(Frame(message));

    public async Task SendRawAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int sent = await Socket.SendAsync(bytes);
            bytes = bytes[sent..];
        }
    }

    /// <summary>The next message; null when the connection was closed, an exception when time ran out.</summary>
    public async Task<byte[]?> ReceiveAsync(TimeSpan? timeout = null)
    {
        using var deadline = new CancellationTokenSource(timeout ?? DnsClient.DefaultTimeout);
        try
        {
            byte[]? prefix = await ReceiveExactlyAsync(2, deadline.Token);
            return prefix is null
                ? null
                : await ReceiveExactlyAsync(BinaryPrimitives.ReadUInt16BigEndian(prefix), deadline.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException("nothing arrived on the TCP connection");
        }
    }

    public async Task<DnsMessage> ReceiveMessageAsync(TimeSpan? timeout = null) =>
        DnsMessage.Decode(await ReceiveAsync(timeout)
            ?? throw new TimeoutException("the TCP connection was closed"));

    /// <summary>True when the other side closes within the time, whatever it sends before.</summary>
    public async Task<bool> IsClosedWithinAsync(TimeSpan timeout)
    {
        byte[] buffer = new byte[4096];
        using var deadline = new CancellationTokenSource(timeout);
        try
        {
            while (await Socket.ReceiveAsync(buffer, deadline.Token) > 0)
            {
            }

            return true;
        }
        catch (SocketException)
        {
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose() => Socket.Dispose();

    private async Task<byte[]?> ReceiveExactlyAsync(int count, CancellationToken deadline)
    {
        byte[] buffer = new byte[count];
        int have = 0;
        while (have < count)
        {
            int read;
            try
            {
                read = await Socket.ReceiveAsync(buffer.AsMemory(have), deadline);
            }
            catch (SocketException)
            {
                return null;
            }

            if (read == 0)
            {
                return null;
            }

            have += read;
        }

        return buffer;
    }
}
