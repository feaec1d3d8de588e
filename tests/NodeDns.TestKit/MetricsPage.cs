using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;

namespace NodeDns.TestKit;

/// <summary>The text of /metrics as it was at one moment, from inside a network namespace if need be.</summary>
public sealed class MetricsPage
{
    private readonly string[] _lines;

    private MetricsPage(string text) => _lines = text.Split('\n');

    public static async Task<MetricsPage> ReadAsync(IPEndPoint address, string? networkNamespace)
    {
        using Socket socket = NetworkNamespace.Socket(networkNamespace, address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address);
        await socket.SendAsync(Encoding.ASCII.GetBytes("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
        using NetworkStream stream = new(socket);
        using StreamReader reader = new(stream);
        return new MetricsPage(await reader.ReadToEndAsync());
    }

    /// <summary>The value of a sample, which is written as it is there, with its labels; 0 when it is not.</summary>
    public double this[string sample] =>
        _lines.FirstOrDefault(line => line.StartsWith(sample + " ", StringComparison.Ordinal)) is { } line
            ? double.Parse(line[(sample.Length + 1)..], CultureInfo.InvariantCulture)
            : 0;
}
