using System;
using System.Collections.Generic;
using System.Linq;
using NodeDns.Linux.Sockets;
using NodeDns.Linux.Syscalls;
using Xunit;

namespace NodeDns.Linux.Tests.Sockets;

/// <summary>Send and receive batches against each other on real sockets.</summary>
public sealed class BatchTests
{
    private const int Slots = 32;
    private const int SlotBytes = 512;

    [Fact]
    public void Batch_ManyDatagrams_ArriveIntactAndInOrder()
    {
        using UdpSocket server = Loopback.Listen("127.0.0.1");
        using UdpSocket client = Loopback.Connect(server.LocalEndPoint);
        using SendBatch send = new(Slots, SlotBytes);
        using ReceiveBatch receive = new(Slots, SlotBytes, packetInfo: false);
        List<byte[]> expected = [];

        // Three rounds with growing lengths, so that a length left over from an earlier round would show.
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < Slots; i++)
            {
                byte[] datagram = Enumerable.Repeat((byte)i, (i + 1) * (round + 1)).ToArray();
                datagram.CopyTo(send.Reserve());
                send.Commit(datagram.Length);
                expected.Add(datagram);
            }

            Assert.True(send.IsFull);
            Assert.Equal(Slots, send.Flush(client, out int sent, out int dropped).Value);
            Assert.Equal((Slots, 0, 0), (sent, dropped, send.Count));
            List<byte[]> arrived = Loopback.ReceiveAll(server, receive, Slots);
            Assert.Equal(expected, arrived);
            expected.Clear();
        }
    }

    [Fact]
    public void Source_OfEachDatagram_IsItsSender()
    {
        using UdpSocket server = Loopback.Listen("127.0.0.1");
        using UdpSocket first = Loopback.Connect(server.LocalEndPoint);
        using UdpSocket second = Loopback.Connect(server.LocalEndPoint);
        using ReceiveBatch receive = new(Slots, SlotBytes, packetInfo: false);
        first.Send([1]);
        second.Send([2]);
        Loopback.Await(server);
        Assert.Equal(2, receive.Receive(server).Value);
        Assert.Equal(first.LocalEndPoint, receive.Source(0));
        Assert.Equal(second.LocalEndPoint, receive.Source(1));
        Assert.True(receive.Destination(0).IsDefault);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.5")]
    public void Answer_FromIPv4WildcardSocket_ComesFromTheAddressAsked(string asked) =>
        AnswerComesFromTheAddressAsked("0.0.0.0", asked);

    [IPv6Fact]
    public void Answer_FromIPv6WildcardSocket_ComesFromTheAddressAsked() =>
        AnswerComesFromTheAddressAsked("::", "::1");

    [Fact]
    public void Commit_SourceForeignToTheMachine_IsDroppedAlone()
    {
        using UdpSocket server = Loopback.Listen("0.0.0.0");
        using UdpSocket client = Loopback.Listen("127.0.0.1");
        using SendBatch send = new(3, SlotBytes);
        LocalAddress foreign = LocalAddress.FromBytes([192, 0, 2, 1]);
        send.Commit(1, client.LocalEndPoint, default);
        send.Commit(1, client.LocalEndPoint, in foreign);
        send.Commit(1, client.LocalEndPoint, default);
        SyscallResult result = send.Flush(server, out int sent, out int dropped);
        Assert.Equal((2, 1), (sent, dropped));
        Assert.True(result.IsError);
    }

    [Fact]
    public void Flush_OneImpossibleDestination_SendsTheOthers()
    {
        using UdpSocket server = Loopback.Listen("127.0.0.1");
        using UdpSocket client = Loopback.Listen("127.0.0.1");
        using SendBatch send = new(3, SlotBytes);
        using ReceiveBatch receive = new(Slots, SlotBytes, packetInfo: false);
        PeerAddress good = server.LocalEndPoint;
        PeerAddress[] destinations = [good, good.WithPort(0), good];
        for (byte i = 0; i < 3; i++)
        {
            send.Reserve()[0] = i;
            send.Commit(1, in destinations[i], default);
        }

        SyscallResult result = send.Flush(client, out int sent, out int dropped);
        Assert.Equal(Errno.EINVAL, result.Error);
        Assert.Equal((2, 1, 0), (sent, dropped, send.Count));
        Assert.Equal([[0], [2]], Loopback.ReceiveAll(server, receive, 2));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    public void Flush_InSegments_BringsEachClientItsDatagramsAndNoOthers(string listen)
    {
        using UdpSocket server = Loopback.Listen(listen);
        Assert.True(server.TryUseSegments(), "the kernel has no UDP_SEGMENT");
        using UdpSocket first = Loopback.Listen("127.0.0.1");
        using UdpSocket second = Loopback.Listen("127.0.0.2");
        using SendBatch send = new(Slots, SlotBytes);
        using ReceiveBatch receive = new(Slots, SlotBytes, packetInfo: false);
        LocalAddress source = server.NeedsPacketInfo ? LocalAddress.FromBytes([127, 0, 0, 3]) : default;
        List<byte[]>[] expected = [[], []];
        for (int i = 0; i < Slots; i++)
        {
            // Three lengths, an empty one among them, mixed over two clients.
            byte[] datagram = Enumerable.Repeat((byte)i, i % 3 * 50).ToArray();
            datagram.CopyTo(send.Reserve());
            send.Commit(datagram.Length, (i & 1) == 0 ? first.LocalEndPoint : second.LocalEndPoint, in source);
            expected[i & 1].Add(datagram);
        }

        Assert.Equal(Slots, send.Flush(server, out int sent, out int dropped).Value);
        Assert.Equal((Slots, 0, 0), (sent, dropped, send.Count));
        Assert.Equal(Sorted(expected[0]), Sorted(Loopback.ReceiveAll(first, receive, Slots / 2)));
        Assert.Equal(Sorted(expected[1]), Sorted(Loopback.ReceiveAll(second, receive, Slots / 2)));
        Assert.Equal(server.NeedsPacketInfo ? "127.0.0.3" : "127.0.0.1", receive.Source(0).ToIPAddress().ToString());
    }

    [Fact]
    public void Flush_GroupThatIsRefused_IsSentOneByOne()
    {
        using UdpSocket server = Loopback.Listen("0.0.0.0");
        using UdpSocket client = Loopback.Listen("127.0.0.1");
        using SendBatch send = new(8, SlotBytes);
        using ReceiveBatch receive = new(Slots, SlotBytes, packetInfo: false);
        server.TryUseSegments();
        LocalAddress foreign = LocalAddress.FromBytes([192, 0, 2, 1]);
        for (byte i = 0; i < 8; i++)
        {
            send.Reserve()[0] = i;
            send.Commit(1, client.LocalEndPoint, i < 4 ? foreign : default);
        }

        SyscallResult result = send.Flush(server, out int sent, out int dropped);
        Assert.True(result.IsError);
        Assert.Equal((4, 4), (sent, dropped));
        Assert.Equal([[4], [5], [6], [7]], Loopback.ReceiveAll(client, receive, 4));
    }

    [Fact]
    public void Flush_NothingCommitted_IsNoCall()
    {
        using UdpSocket closed = Loopback.Listen("127.0.0.1");
        closed.Dispose();
        using SendBatch send = new(1, SlotBytes);
        Assert.False(send.Flush(closed, out int sent, out int dropped).IsError);
        Assert.Equal((0, 0), (sent, dropped));
    }

    [Fact]
    public void IsTruncated_DatagramLongerThanSlot_IsTrueForThatOneOnly()
    {
        using UdpSocket server = Loopback.Listen("127.0.0.1");
        using UdpSocket client = Loopback.Connect(server.LocalEndPoint);
        using ReceiveBatch receive = new(Slots, 64, packetInfo: false);
        client.Send(new byte[100]);
        client.Send(new byte[64]);
        Loopback.Await(server);
        Assert.Equal(2, receive.Receive(server).Value);
        Assert.True(receive.IsTruncated(0));
        Assert.Equal(64, receive.Datagram(0).Length);
        Assert.False(receive.IsTruncated(1));
        Assert.Equal(64, receive.Datagram(1).Length);
    }

    [Fact]
    public void Receive_EmptyDatagram_IsADatagramOfNoBytes()
    {
        using UdpSocket server = Loopback.Listen("127.0.0.1");
        using UdpSocket client = Loopback.Connect(server.LocalEndPoint);
        using ReceiveBatch receive = new(Slots, SlotBytes, packetInfo: false);
        Assert.Equal(0, client.Send([]).Value);
        Loopback.Await(server);
        Assert.Equal(1, receive.Receive(server).Value);
        Assert.True(receive.Datagram(0).IsEmpty);
    }

    [Fact]
    public void Receive_NothingThere_IsTryAgainAndCountsNothing()
    {
        using UdpSocket server = Loopback.Listen("127.0.0.1");
        using UdpSocket client = Loopback.Connect(server.LocalEndPoint);
        using ReceiveBatch receive = new(Slots, SlotBytes, packetInfo: false);
        client.Send([1]);
        Loopback.Await(server);
        Assert.Equal(1, receive.Receive(server).Value);
        Assert.Equal(Errno.EAGAIN, receive.Receive(server).Error);
        Assert.Equal(0, receive.Count);
    }

    [Theory]
    [InlineData(0, 512)]
    [InlineData(1025, 512)]
    [InlineData(1, 0)]
    [InlineData(1, 65537)]
    public void Constructor_OutsideTheBounds_Throws(int slots, int slotBytes)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SendBatch(slots, slotBytes));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReceiveBatch(slots, slotBytes, packetInfo: true));
    }

    private static IEnumerable<string> Sorted(List<byte[]> datagrams) =>
        datagrams.Select(Convert.ToHexString).Order(StringComparer.Ordinal);

    private static void AnswerComesFromTheAddressAsked(string wildcard, string asked)
    {
        using UdpSocket server = Loopback.Listen(wildcard);

        // A connected client hears the address it asked and no other.
        using UdpSocket client = Loopback.Connect(Loopback.Address(asked, server.LocalEndPoint.Port));
        using ReceiveBatch receive = new(Slots, SlotBytes, packetInfo: true);
        using SendBatch send = new(Slots, SlotBytes);

        // Two rounds: the control lengths that the kernel wrote in the first must be restored for the second.
        for (byte round = 0; round < 2; round++)
        {
            client.Send([round]);
            Loopback.Await(server);
            Assert.Equal(1, receive.Receive(server).Value);
            LocalAddress destination = receive.Destination(0);
            Assert.Equal(asked, destination.ToString());

            receive.Datagram(0).CopyTo(send.Reserve());
            send.Commit(1, in receive.Source(0), in destination);
            Assert.Equal(1, send.Flush(server, out _, out _).Value);
            Loopback.Await(client);
            byte[] answer = new byte[4];
            Assert.Equal(1, client.Receive(answer).Value);
            Assert.Equal(round, answer[0]);
        }
    }
}
