using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using NodeDns.Config.Syntax;
using NodeDns.Config.Values;

namespace NodeDns.Config.Directives;

/// <summary>forward's TO: addresses, resolv.conf files and host names to upstreams.</summary>
/// <param name="resolvers">Who is asked for names; none: the machine's own.</param>
internal sealed class UpstreamReader(DirectiveScope scope, ImmutableArray<IPEndPoint> resolvers)
{
    private const string DefaultPath = "/dns-query";
    private const string QueryTemplate = "{?dns}";
    private const int MaxPathLength = 200;
    private readonly List<UpstreamAddressConfig> _upstreams = [];

    public ImmutableArray<UpstreamAddressConfig> Read(IReadOnlyCollection<Token> tokens)
    {
        int errors = scope.ErrorCount;
        foreach (Token token in tokens.Take(ForwardConfig.MaxUpstreams + 1))
        {
            ReadOne(token);
        }

        if (_upstreams.Count == 0 && scope.ErrorCount == errors)
        {
            scope.Error("no valid upstream addresses found; expected an address, a host name or a resolv.conf file with a nameserver");
        }

        if (Math.Max(tokens.Count, _upstreams.Count) is var count and > ForwardConfig.MaxUpstreams)
        {
            scope.Error($"has {count} upstreams; at most {ForwardConfig.MaxUpstreams} are allowed");
        }

        return [.. _upstreams.Distinct()];
    }

    private void ReadOne(Token token)
    {
        int end = token.Text.IndexOf("://", StringComparison.Ordinal);
        string rest = end < 0 ? token.Text : token.Text[(end + 3)..];
        switch (end < 0 ? "" : token.Text[..end].ToLowerInvariant())
        {
            case "":
                ReadPlain(token, rest);
                break;
            case "dns":
                ReadHost(token, rest, Transport.Dns, 53);
                break;
            case "tls":
                ReadHost(token, rest, Transport.Tls, 853);
                break;
            case "https":
                ReadHttps(token, rest);
                break;
            case "grpc" or "quic" or "https3" or "unix":
                scope.Error(token, $"{token.Text[..end]}:// is not supported for upstreams; expected dns://, tls:// or https://");
                break;
            default:
                scope.Error(token, $"unknown scheme in {Shown.Text(token.Text)}; expected dns://, tls:// or https://");
                break;
        }
    }

    /// <summary>Without a scheme a word may also be a file; CoreDNS takes it for one before it takes it for a host.</summary>
    private void ReadPlain(Token token, string text)
    {
        bool address = TrySplit(text, 53, out string host, out _) && AddressText.TryParseWithScope(host, out _);
        if (!address && (text.Contains('/', StringComparison.Ordinal) || IsFile(text)))
        {
            ReadFile(token, text);
        }
        else
        {
            ReadHost(token, text, Transport.Dns, 53);
        }
    }

    private bool IsFile(string text) => text.Length > 0 && !text.Contains('\0', StringComparison.Ordinal) && scope.Files.Exists(text);

    private void ReadFile(Token token, string path)
    {
        string? text = path.Contains('\0', StringComparison.Ordinal) ? null : scope.Files.TryRead(path, out _);
        scope.Watch(path);
        if (text is null)
        {
            scope.Error(token, $"{Shown.Text(path)} is not an IP address, and there is no such file to take nameservers from");
            return;
        }

        ImmutableArray<IPAddress> servers = ResolvConf.Servers(text);
        if (servers.IsEmpty)
        {
            scope.Warn(token, $"{Shown.Text(path)} names no nameserver");
        }

        _upstreams.AddRange(servers.Select(server =>
            new UpstreamAddressConfig(Transport.Dns, new IPEndPoint(server, 53), null, 53, SourceFile: path)));
    }

    /// <summary>CoreDNS knows no other path than /dns-query; servers that want another one would be out of reach.</summary>
    private void ReadHttps(Token token, string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string path = slash < 0 ? DefaultPath : text[slash..];

        // Lists of such servers write them as templates (RFC 8484 §3).
        path = path.EndsWith(QueryTemplate, StringComparison.Ordinal) ? path[..^QueryTemplate.Length] : path;
        if (path == "/" || path.Length > MaxPathLength || !path.All(c => char.IsAsciiLetterOrDigit(c) || "/-._~".Contains(c, StringComparison.Ordinal)))
        {
            scope.Error(token, $"expected a path such as {DefaultPath}, or none for just that, found {Shown.Text(path)}");
            return;
        }

        ReadHost(token, slash < 0 ? text : text[..slash], Transport.Https, 443, path);
    }

    private void ReadHost(Token token, string text, Transport transport, int defaultPort, string? path = null)
    {
        if (!TrySplit(text, defaultPort, out string host, out int port))
        {
            scope.Error(token, $"expected ADDRESS[:PORT] with a port from 1 to 65535, found {Shown.Text(text)}");
            return;
        }

        if (transport != Transport.Dns && !scope.State.Context.HasTls())
        {
            scope.Error(token, "encrypted upstreams need OpenSSL, whose libssl.so.3 is not on this machine; install it (Debian: libssl3)");
            return;
        }

        // tls://1.1.1.1%cloudflare-dns.com carries the certificate's name; elsewhere % begins an IPv6 scope.
        int percent = transport == Transport.Dns ? -1 : host.IndexOf('%', StringComparison.Ordinal);
        string? serverName = percent < 0 ? null : host[(percent + 1)..];
        host = percent < 0 ? host : host[..percent];
        if (serverName is not null && (!ZoneText.TryParseName(serverName, out string certified, out _) || certified == "."))
        {
            scope.Error(token, $"expected the name in the server's certificate after %, found {Shown.Text(serverName)}");
            return;
        }

        if (AddressText.TryParseWithScope(host, out IPAddress address))
        {
            _upstreams.Add(new UpstreamAddressConfig(transport, new IPEndPoint(address, port), null, port, serverName, path));
        }
        else if (!host.Any(char.IsAsciiLetter) || !ZoneText.TryParseName(host, out string name, out _) || name == ".")
        {
            scope.Error(token, $"expected an address, a host name or a resolv.conf file, found {Shown.Text(token.Text)}");
        }
        else
        {
            Resolve(token, host, transport, port, serverName, path);
        }
    }

    /// <summary>A name that nobody has ever heard of is a mistake; one that cannot be asked for now is a bad moment.</summary>
    private void Resolve(Token token, string host, Transport transport, int port, string? serverName, string? path)
    {
        HostLookupStatus status = scope.State.ResolveUpstream(host, resolvers).Status;
        if (status == HostLookupStatus.DoesNotExist)
        {
            scope.Error(token, $"{Shown.Text(host)} is not an IP address or a file, and failed to resolve as a host name");
        }
        else if (status == HostLookupStatus.NoAnswer)
        {
            scope.Warn(token, $"{Shown.Text(host)} cannot be resolved now; it is tried again, and questions get SERVFAIL until then");
        }

        _upstreams.Add(new UpstreamAddressConfig(transport, null, host, port, serverName, path));
    }

    /// <summary>HOST, HOST:PORT, [IPV6] or [IPV6]:PORT; an IPv6 address without brackets has no port.</summary>
    private static bool TrySplit(string text, int defaultPort, out string host, out int port)
    {
        port = defaultPort;
        host = text;
        if (text.StartsWith('[') && text.EndsWith(']'))
        {
            host = text[1..^1];
            return host.Length > 0;
        }

        if (AddressText.TrySplitHostPort(text, out string before, out string digits))
        {
            host = before;
            return before.Length > 0 && AddressText.TryParsePort(digits, out port);
        }

        return text.Length > 0;
    }
}
