using System.Collections.Immutable;
using System.Net;
using NodeDns.Config.Syntax;
using NodeDns.Config.Values;

namespace NodeDns.Config.Directives;

/// <summary>[HOST]:PORT of the HTTP endpoints.</summary>
internal static class HttpEndPointReader
{
    /// <summary>The directive's only argument, or the default; false after a mistake was reported.</summary>
    public static bool TryRead(DirectiveScope scope, HttpEndPointConfig otherwise, out HttpEndPointConfig endPoint)
    {
        endPoint = otherwise;
        return scope.TakesAtMost(1) && (scope.Arguments is not [var argument] || TryParse(scope, argument, out endPoint));
    }

    private static bool TryParse(DirectiveScope scope, Token token, out HttpEndPointConfig endPoint)
    {
        endPoint = new HttpEndPointConfig(null, 0, token.Text);
        if (!AddressText.TrySplitHostPort(token.Text, out string host, out string digits)
            || !AddressText.TryParsePort(digits, out int port))
        {
            scope.Error(token, $"expected [ADDRESS]:PORT such as \":8080\", found {Shown.Text(token.Text)}");
            return false;
        }

        endPoint = endPoint with { Port = port };
        if (host.Length == 0)
        {
            return true;
        }

        if (!TryAddress(scope.State, host, out IPAddress address))
        {
            scope.Error(token, $"expected an IP address before the port, found {Shown.Text(host)}");
            return false;
        }

        endPoint = endPoint with { Address = address };
        return true;
    }

    private static bool TryAddress(ReadingState state, string host, out IPAddress address)
    {
        if (host == "localhost")
        {
            address = IPAddress.Loopback;
            return true;
        }

        if (AddressText.TryParseWithScope(host, out address))
        {
            return true;
        }

        ImmutableArray<IPAddress> found = ZoneText.TryParseName(host, out _, out _) ? state.ResolveHost(host) : [];
        address = found.IsEmpty ? IPAddress.None : found[0];
        return !found.IsEmpty;
    }
}
