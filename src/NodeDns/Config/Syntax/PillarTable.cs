using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;

namespace NodeDns.Config.Syntax;

/// <summary>node-cache's template variables and what each stands for here.</summary>
internal sealed class PillarTable
{
    private readonly Dictionary<string, (string[] Words, string? Missing)> _pillars;

    public PillarTable(CorefileContext context)
    {
        string variable = context.UpstreamService.ToUpperInvariant().Replace('-', '_') + "_SERVICE_HOST";
        string? clusterDns = context.ClusterDns ?? context.Environment(variable);
        string? noClusterDns = clusterDns == "None"
            ? $"stands for the address of the Service \"{context.UpstreamService}\" (-upstreamsvc), but {variable} is None: "
                + "a headless Service has no address of its own; use one with a ClusterIP, or name an upstream"
            : string.IsNullOrEmpty(clusterDns)
            ? $"stands for the address of the Service \"{context.UpstreamService}\" (-upstreamsvc), "
                + $"but the environment variable {variable} is not set"
            : null;
        _pillars = new Dictionary<string, (string[], string?)>(StringComparer.Ordinal)
        {
            ["__PILLAR__LOCAL__DNS__"] = (
                [.. context.LocalAddresses.Select(a => a.ToString())],
                context.LocalAddresses.IsEmpty ? "stands for the addresses of -localip, but there are none" : null),
            ["__PILLAR__DNS__SERVER__"] = (Split(context.DnsServer), null),
            ["__PILLAR__DNS__DOMAIN__"] = (Split(context.DnsDomain), null),
            ["__PILLAR__CLUSTER__DNS__"] = (Split(clusterDns ?? ""), noClusterDns),
            ["__PILLAR__UPSTREAM__SERVERS__"] = (Split(context.UpstreamServers), null),
            ["__PROMETHEUS__ENDPOINT__"] = (Split(context.PrometheusEndPoint), null),
        };
    }

    /// <summary>The tokens that a token with a variable in it stands for: none, one or several.</summary>
    public IEnumerable<Token> Expand(Token token, ErrorList errors)
    {
        string? name = token.Text.Contains("__P", StringComparison.Ordinal)
            ? _pillars.Keys.FirstOrDefault(key => token.Text.Contains(key, StringComparison.Ordinal))
            : null;
        if (name is null)
        {
            return [token];
        }

        (string[] words, string? missing) = _pillars[name];
        if (missing is not null)
        {
            errors.Add(token.Location, null, $"{name} {missing}");
        }

        if (token.Text == name && !token.IsLiteral)
        {
            // Standing alone it is a list. After an error there is one word that any directive's reader may refuse,
            // so the token is kept as it is and refused nowhere else.
            return missing is not null
                ? [token]
                : words.Select((word, i) => token with { Text = word, StartsLine = token.StartsLine && i == 0, IsLiteral = true });
        }

        return [token with { Text = Glue(token, name, words, missing, errors), IsLiteral = true }];
    }

    /// <summary>Part of a word (ADDRESS:8080): the first value, an IPv6 address before a port in brackets.</summary>
    private static string Glue(Token token, string name, string[] words, string? missing, ErrorList errors)
    {
        if (words.Length == 0 && missing is null)
        {
            errors.Add(token.Location, null, $"{name} has no value here, so it cannot be part of a word");
        }

        string value = words.FirstOrDefault("");
        bool beforePort = token.Text.Contains(name + ":", StringComparison.Ordinal);
        bool ipv6 = Values.AddressText.TryParse(value, out System.Net.IPAddress address)
            && address.AddressFamily == AddressFamily.InterNetworkV6;
        return token.Text.Replace(name, beforePort && ipv6 ? $"[{value}]" : value, StringComparison.Ordinal);
    }

    private static string[] Split(string value) => value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
