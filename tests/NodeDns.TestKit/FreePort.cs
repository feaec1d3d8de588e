using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace NodeDns.TestKit;

/// <summary>Ports that are free for UDP and TCP on every address, each handed out once per test run.</summary>
public static class FreePort
{
    // Below the kernel's range for outgoing sockets (32768 and up): no socket of a test sits on one by chance.
    private const int First = 15000;
    private const int Last = 32000;

    private static readonly HashSet<int> s_taken = [];

    public static int Next()
    {
        lock (s_taken)
        {
            for (int attempt = 0; attempt < 1000; attempt++)
            {
                int port = RandomNumberGenerator.GetInt32(First, Last);
                if (IsFree(port) && s_taken.Add(port))
                {
                    return port;
                }
            }
        }

        throw new InvalidOperationException("no free port found");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            udp.Bind(new IPEndPoint(IPAddress.Any, port));
            using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            tcp.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
