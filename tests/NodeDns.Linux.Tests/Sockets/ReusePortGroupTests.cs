using System.Net;
using System.Net.Sockets;
using NodeDns.Linux.Sockets;
using Xunit;

namespace NodeDns.Linux.Tests.Sockets;

public sealed class ReusePortGroupTests
{
    private const int Connections = 32;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void SendTo_OneOfTwoListeners_GetsAllNewConnections(int place)
    {
        using Socket first = Listener(0);
        using Socket second = Listener(((IPEndPoint)first.LocalEndPoint!).Port);

        Assert.False(ReusePortGroup.SendTo((int)first.Handle, place).IsError);
        int[] accepted = Connect(first, second);

        Assert.Equal(Connections, accepted[place]);
        Assert.Equal(0, accepted[1 - place]);
    }

    [Fact]
    public void SendTo_AListenerThatIsGone_LeavesItToTheOther()
    {
        using Socket first = Listener(0);
        Socket second = Listener(((IPEndPoint)first.LocalEndPoint!).Port);
        ReusePortGroup.SendTo((int)second.Handle, 1);
        second.Dispose();

        Assert.Equal(Connections, Connect(first)[0]);
    }

    private static Socket Listener(int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetRawSocketOption(1, 15, [1, 0, 0, 0]);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        socket.Listen(Connections);
        return socket;
    }

    private static int[] Connect(params Socket[] listeners)
    {
        for (int i = 0; i < Connections; i++)
        {
            using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            client.Connect(listeners[0].LocalEndPoint!);
        }

        int[] accepted = new int[listeners.Length];
        for (int i = 0; i < listeners.Length; i++)
        {
            for (; listeners[i].Poll(0, SelectMode.SelectRead); accepted[i]++)
            {
                listeners[i].Accept().Dispose();
            }
        }

        return accepted;
    }
}
