using System;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using NodeDns.Linux.Syscalls;
using NodeDns.Wire;

namespace NodeDns.Cli;

/// <summary>One plain DNS question to one server, for commands.</summary>
internal static class DnsExchange
{
    private const int TimeoutMilliseconds = 6000;
    private const ushort UdpBytes = 1232;

    /// <summary>The reply to exactly this question; null and why when there is none.</summary>
    public static byte[]? Ask(IPEndPoint server, string name, RecordType type, bool isTcp, out string error)
    {
        byte[] query = QueryOf(name, type);
        error = "";
        try
        {
            using Socket socket = new(
                server.AddressFamily, isTcp ? SocketType.Stream : SocketType.Dgram, isTcp ? ProtocolType.Tcp : ProtocolType.Udp)
            {
                ReceiveTimeout = TimeoutMilliseconds,
                SendTimeout = TimeoutMilliseconds,
            };
            socket.Connect(server);
            byte[] reply = isTcp ? OverTcp(socket, query) : OverUdp(socket, query);
            if (IsReplyTo(reply, query))
            {
                return reply;
            }

            error = "the reply does not answer the question";
        }
        catch (SocketException failure)
        {
            error = failure.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock
                ? $"no reply within {TimeoutMilliseconds / 1000} s"
                : failure.Message;
        }

        return null;
    }

    private static byte[] QueryOf(string name, RecordType type)
    {
        byte[] wire = new byte[WireLimits.MaxNameLength];
        DomainName.TryParse(name, wire, out int nameLength);
        byte[] query = new byte[WireLimits.HeaderLength + WireLimits.MaxNameLength + 64];
        QueryWriter.TryWrite(
            query, (ushort)KernelRandom.NextUInt64(), HeaderFlags.RecursionDesired | HeaderFlags.AuthenticData, wire.AsSpan(0, nameLength),
            type, RecordClass.IN, edns: true, dnssecOk: false, UdpBytes, out int length);
        return query[..length];
    }

    /// <summary>The socket is connected, so only the server's own datagrams come; a late one for an earlier question is passed over.</summary>
    private static byte[] OverUdp(Socket socket, byte[] query)
    {
        socket.Send(query);
        byte[] buffer = new byte[ushort.MaxValue];
        int length;
        do
        {
            length = socket.Receive(buffer);
        }
        while (length < WireLimits.HeaderLength || MessageHeader.GetId(buffer) != MessageHeader.GetId(query));
        return buffer[..length];
    }

    private static byte[] OverTcp(Socket socket, byte[] query)
    {
        byte[] frame = new byte[query.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)query.Length);
        query.CopyTo(frame, 2);
        socket.Send(frame);
        byte[] reply = new byte[BinaryPrimitives.ReadUInt16BigEndian(ReceiveAll(socket, 2))];
        return ReceiveAll(socket, reply.Length);
    }

    private static byte[] ReceiveAll(Socket socket, int count)
    {
        byte[] buffer = new byte[count];
        for (int received = 0; received < count;)
        {
            int more = socket.Receive(buffer.AsSpan(received));
            if (more == 0)
            {
                throw new SocketException((int)SocketError.ConnectionReset);
            }

            received += more;
        }

        return buffer;
    }

    /// <summary>Id and question, byte for byte; some servers change the case of the name.</summary>
    private static bool IsReplyTo(byte[] reply, byte[] query)
    {
        if (reply.Length < WireLimits.HeaderLength || MessageHeader.GetId(reply) != MessageHeader.GetId(query)
            || (MessageHeader.GetFlags(reply) & (ushort)HeaderFlags.Response) == 0
            || !DomainName.TrySkip(query, WireLimits.HeaderLength, out int end))
        {
            return false;
        }

        // A server that could not read the question may leave it out.
        return MessageHeader.GetQuestionCount(reply) == 0
            || DomainName.EqualsIgnoreCase(reply, WireLimits.HeaderLength, query.AsSpan(WireLimits.HeaderLength, end - WireLimits.HeaderLength));
    }
}
