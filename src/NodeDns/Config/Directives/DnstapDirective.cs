using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;
using NodeDns.Config.Syntax;
using NodeDns.Config.Values;
using NodeDns.Dnstap;

namespace NodeDns.Config.Directives;

/// <summary>dnstap SOCKET [full] [WRITEBUFFER] [QUEUE] { identity, version, extra, tls, skipverify }</summary>
internal static class DnstapDirective
{
    private const string TlsScheme = "tls://";
    private const int DefaultPort = 6000;
    private const int MostPathBytes = 107;
    private const int MostTextLength = 256;

    public static void Read(DirectiveScope scope)
    {
        ImmutableArray<Token> words = scope.Arguments;
        if (words.IsEmpty)
        {
            scope.Error("expected \"dnstap SOCKET [full] [WRITEBUFFER] [QUEUE]\"; the socket is missing");
            return;
        }

        if (words[0].Text == "listen")
        {
            scope.Error(words[0], "the server connects to a collector and does not wait for one: name a socket");
            return;
        }

        EndPoint? endPoint = ReadEndPoint(scope, words[0]);
        bool isFull = words.Length > 1 && words[1].Text == "full";
        ImmutableArray<Token> numbers = words[(isFull ? 2 : 1)..];
        int factor = ReadNumbers(scope, numbers);
        string? identity = null;
        string? version = null;
        string extra = "";
        string? authority = null;
        bool trustsAnybody = false;
        Token? tlsOption = null;
        scope.ReadOptions(new Dictionary<string, Action<DirectiveSyntax>>
        {
            ["identity"] = option => identity = ReadText(scope, option, "IDENTITY"),
            ["version"] = option => version = ReadText(scope, option, "VERSION"),
            ["extra"] = option => extra = ReadText(scope, option, "TEXT") ?? "",
            ["tls"] = option => (authority, tlsOption) = (ReadFile(scope, option), option.Name),
            ["skipverify"] = option => (trustsAnybody, tlsOption) = (scope.IsFlag(option), option.Name),
        });
        bool isTls = words[0].Text.StartsWith(TlsScheme, StringComparison.Ordinal);
        if (tlsOption is { } misplaced && !isTls)
        {
            scope.Error(misplaced, $"{Shown.Text(misplaced.Text)} is for a collector at {TlsScheme}HOST:PORT");
        }

        if (endPoint is not null)
        {
            DnstapTls? tls = isTls ? new DnstapTls(HostOf(endPoint), authority, trustsAnybody) : null;
            scope.Block = scope.Block with
            {
                Dnstaps = scope.Block.Dnstaps.Add(
                    new DnstapConfig(words[0].Text, endPoint, tls, isFull, factor, identity, version, extra)),
            };
        }
    }

    private static EndPoint? ReadEndPoint(DirectiveScope scope, Token token)
    {
        string text = token.Text;
        foreach (string scheme in (string[])["tcp://", TlsScheme])
        {
            if (text.StartsWith(scheme, StringComparison.Ordinal))
            {
                return ReadTcp(scope, token, scheme, text[scheme.Length..]);
            }
        }

        string path = text.StartsWith("unix://", StringComparison.Ordinal) ? text["unix://".Length..] : text;
        if (!path.StartsWith('/') || Encoding.UTF8.GetByteCount(path) > MostPathBytes || path.Contains('\0', StringComparison.Ordinal))
        {
            scope.Error(token, $"expected the path of a Unix socket, at most {MostPathBytes} bytes long, or tcp://HOST:PORT or tls://HOST:PORT, found {Shown.Text(text)}");
            return null;
        }

        return new UnixDomainSocketEndPoint(path);
    }

    private static EndPoint? ReadTcp(DirectiveScope scope, Token token, string scheme, string text)
    {
        if (!AddressText.TrySplitHostPort(text, out string host, out string port))
        {
            (host, port) = (text.Trim('[', ']'), "");
        }

        int number = DefaultPort;
        bool good = host.Length > 0 && (port.Length == 0 || AddressText.TryParsePort(port, out number));
        if (good && AddressText.TryParse(host, out IPAddress address))
        {
            return new IPEndPoint(address, number);
        }

        if (good && ZoneText.TryParseName(host, out _, out _) && !host.Contains(':', StringComparison.Ordinal))
        {
            return new DnsEndPoint(host, number);
        }

        scope.Error(token, $"expected {scheme}HOST:PORT, found {Shown.Text(token.Text)}");
        return null;
    }

    /// <summary>CoreDNS's write buffer in MiB, which is not needed here, and its factor for the queue.</summary>
    private static int ReadNumbers(DirectiveScope scope, ImmutableArray<Token> numbers)
    {
        if (numbers.Length > 2)
        {
            scope.Error(numbers[2], $"expected \"dnstap SOCKET [full] [WRITEBUFFER] [QUEUE]\", found more: {Shown.Text(numbers[2].Text)}");
        }

        if (numbers.Length > 0)
        {
            scope.TryInteger(numbers[0], 1, 1024, "a write buffer in MiB", out _);
        }

        if (numbers.Length < 2 || !scope.TryInteger(numbers[1], 1, 4096, "a factor for the queue", out int factor))
        {
            return 1;
        }

        if (factor > DnstapLimits.MaxQueueFactor)
        {
            scope.Warn(numbers[1], $"a queue of {DnstapLimits.MaxQueueFactor} times {DnstapLimits.QueueMessages} messages is the most");
        }

        return Math.Min(factor, DnstapLimits.MaxQueueFactor);
    }

    private static string HostOf(EndPoint endPoint) => endPoint switch
    {
        IPEndPoint address => address.Address.ToString(),
        DnsEndPoint name => name.Host,
        _ => "",
    };

    private static string? ReadFile(DirectiveScope scope, DirectiveSyntax option)
    {
        if (!scope.TryOne(option, "CA", out Token file))
        {
            return null;
        }

        scope.CheckFile(file);
        return file.Text;
    }

    private static string? ReadText(DirectiveScope scope, DirectiveSyntax option, string syntax)
    {
        if (!scope.TryOne(option, syntax, out Token token))
        {
            return null;
        }

        if (token.Text.Length > MostTextLength)
        {
            scope.Error(token, $"is longer than {MostTextLength} characters");
            return null;
        }

        return token.Text;
    }
}
