using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using NodeDns.Config.Values;
using NodeDns.Hosting;
using NodeDns.Logging;
using NodeDns.Sources.Records;
using NodeDns.Wire;

namespace NodeDns.Cli;

/// <summary><c>nodedns query NAME [TYPE] [@SERVER]</c>: asks the running server for an answer and its story, or any server plainly.</summary>
internal static class QueryCommand
{
    public static int Run(ServerOptions options, ImmutableArray<string> operands, TextWriter output, TextWriter errors)
    {
        string? error = Read(operands, out string name, out RecordType type, out string? server);
        IPEndPoint? endPoint = null;
        if (error is null && server is not null && !TryEndPoint(server, out endPoint))
        {
            error = $"expected @ADDRESS or @ADDRESS:PORT, found {Shown.Text("@" + server)}";
        }

        if (error is not null)
        {
            errors.WriteLine($"nodedns: {error}; {Help.UsageHint}");
            return Commands.UsageError;
        }

        return endPoint is null
            ? ControlClient.Run(options.ControlSocket, $"query {name} {ProtocolText.Of(type)}", output, errors)
            : AskPlainly(endPoint, name, type, output, errors);
    }

    /// <summary>A name as a control command can carry it: no spaces, no control characters, whatever was typed.</summary>
    public static bool TryName(string typed, out string name)
    {
        bool good = CacheControl.TryName(typed, out byte[] wire);
        name = good ? DomainName.ToText(wire) : "";
        return good;
    }

    private static string? Read(ImmutableArray<string> operands, out string name, out RecordType type, out string? server)
    {
        server = operands.FirstOrDefault(word => word.StartsWith('@'))?[1..];
        string[] words = [.. operands.Where(word => !word.StartsWith('@'))];
        ushort number = (ushort)RecordType.A;
        type = RecordType.A;
        name = "";
        if (words.Length is < 1 or > 2)
        {
            return "expected query NAME [TYPE] [@SERVER]";
        }

        if (!TryName(words[0], out name))
        {
            return $"{Shown.Text(words[0])} is not a domain name";
        }

        if (words.Length == 2 && !ProtocolNames.TryGetType(words[1].ToUpperInvariant(), out number))
        {
            return $"expected a record type such as AAAA, found {Shown.Text(words[1])}";
        }

        type = (RecordType)number;
        return null;
    }

    private static bool TryEndPoint(string text, out IPEndPoint? endPoint)
    {
        endPoint = null;
        if (AddressText.TryParse(text, out IPAddress address))
        {
            endPoint = new IPEndPoint(address, 53);
        }
        else if (AddressText.TrySplitHostPort(text, out string host, out string port) && AddressText.TryParse(host, out address)
            && AddressText.TryParsePort(port, out int number))
        {
            endPoint = new IPEndPoint(address, number);
        }

        return endPoint is not null;
    }

    private static int AskPlainly(IPEndPoint server, string name, RecordType type, TextWriter output, TextWriter errors)
    {
        long began = Stopwatch.GetTimestamp();
        byte[]? reply = DnsExchange.Ask(server, name, type, isTcp: false, out string error);
        bool isTcp = reply is not null && (MessageHeader.GetFlags(reply) & (ushort)HeaderFlags.Truncated) != 0;
        if (isTcp)
        {
            reply = DnsExchange.Ask(server, name, type, isTcp: true, out error);
        }

        if (reply is null)
        {
            errors.WriteLine($"nodedns: {server}: {error}");
            return 1;
        }

        MessageText.Lines(reply).ForEach(output.WriteLine);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"\nfrom {server} over {(isTcp ? "tcp" : "udp")} in {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0.00} ms; without @SERVER the running server also says why"));
        return 0;
    }
}
