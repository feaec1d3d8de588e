using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;
using NodeDns.Config.Syntax;
using NodeDns.Config.Values;

namespace NodeDns.Config.Directives;

/// <summary>rewrite edns0 local|nsid|subnet set|append|replace|unset ... [revert]</summary>
internal sealed class EdnsRewriteReader(DirectiveScope scope, bool goOn)
{
    private const string Syntax = "edns0 local ACTION CODE DATA | nsid ACTION | subnet ACTION IPV4BITS IPV6BITS, "
        + "with ACTION set, append, replace or unset, and [revert]";

    private static readonly string[] s_variables =
        ["qname", "qtype", "client_ip", "client_port", "protocol", "server_ip", "server_port"];

    public EdnsRewriteConfig? Read(Token field, ImmutableArray<Token> words)
    {
        if (words.Length < 2 || Kind(words[0]) is not EdnsRewriteKind kind || Action(words[1]) is not EdnsRewriteAction action)
        {
            return Refuse(words.Length > 0 ? words[0] : field);
        }

        var rule = new EdnsRewriteConfig(
            goOn, scope.Name.Location, kind, action, Code: 0, Data: [], Variable: null, 0, 0, Revert: false);
        ImmutableArray<Token> rest = words.RemoveRange(0, 2);
        if (rest is [.., var last] && last.Text.Equals("revert", StringComparison.OrdinalIgnoreCase) && action != EdnsRewriteAction.Unset)
        {
            rule = rule with { Revert = true };
            rest = rest.RemoveAt(rest.Length - 1);
        }

        return (kind, action, rest) switch
        {
            (EdnsRewriteKind.Local, EdnsRewriteAction.Unset, [var code]) => Unset(rule, code),
            (EdnsRewriteKind.Local, not EdnsRewriteAction.Unset, [var code, var data]) => Local(rule, code, data),
            (EdnsRewriteKind.Subnet, not EdnsRewriteAction.Unset, [var ipv4, var ipv6]) => Subnet(rule, ipv4, ipv6),
            (EdnsRewriteKind.Subnet, EdnsRewriteAction.Unset, []) => rule,
            (EdnsRewriteKind.Nsid, _, []) => rule,
            _ => Refuse(words[0]),
        };
    }

    private EdnsRewriteConfig? Unset(EdnsRewriteConfig rule, Token code)
    {
        if (code.Text == "all")
        {
            return rule;
        }

        return TryCode(code, out ushort number) ? rule with { Code = number } : null;
    }

    private EdnsRewriteConfig? Local(EdnsRewriteConfig rule, Token code, Token data)
    {
        if (!TryCode(code, out ushort number))
        {
            return null;
        }

        rule = rule with { Code = number };
        if (data.Text.StartsWith('{') && data.Text.EndsWith('}'))
        {
            string variable = data.Text.Trim('{', '}');
            if (!s_variables.Contains(variable))
            {
                scope.Error(data, $"expected one of {string.Join(", ", s_variables)} in braces, found {Shown.Text(data.Text)}");
                return null;
            }

            return rule with { Variable = variable };
        }

        if (!data.Text.StartsWith("0x", StringComparison.Ordinal))
        {
            return rule with { Data = [.. Encoding.UTF8.GetBytes(data.Text)] };
        }

        string hex = data.Text[2..];
        if (hex.Length % 2 != 0 || !hex.All(char.IsAsciiHexDigit))
        {
            scope.Error(data, $"expected pairs of hexadecimal digits after 0x, found {Shown.Text(data.Text)}");
            return null;
        }

        return rule with { Data = [.. Convert.FromHexString(hex)] };
    }

    private EdnsRewriteConfig? Subnet(EdnsRewriteConfig rule, Token ipv4, Token ipv6)
    {
        return scope.TryInteger(ipv4, 0, 32, "the bits of an IPv4 network", out int bits4)
            && scope.TryInteger(ipv6, 0, 128, "the bits of an IPv6 network", out int bits6)
            ? rule with { Ipv4PrefixLength = bits4, Ipv6PrefixLength = bits6 }
            : null;
    }

    private bool TryCode(Token token, out ushort code)
    {
        bool parsed = token.Text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? ushort.TryParse(token.Text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code)
            : ushort.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out code);
        if (!parsed)
        {
            scope.Error(token, $"expected the code of an option (0 to 65535 or 0x0 to 0xffff), found {Shown.Text(token.Text)}");
        }

        return parsed;
    }

    private EdnsRewriteConfig? Refuse(Token at)
    {
        scope.Error(at, $"expected \"{Syntax}\", found {Shown.Text(at.Text)}");
        return null;
    }

    private static EdnsRewriteKind? Kind(Token token) => token.Text.ToLowerInvariant() switch
    {
        "local" => EdnsRewriteKind.Local,
        "nsid" => EdnsRewriteKind.Nsid,
        "subnet" => EdnsRewriteKind.Subnet,
        _ => null,
    };

    private static EdnsRewriteAction? Action(Token token) => token.Text.ToLowerInvariant() switch
    {
        "set" => EdnsRewriteAction.Set,
        "append" => EdnsRewriteAction.Append,
        "replace" => EdnsRewriteAction.Replace,
        "unset" => EdnsRewriteAction.Unset,
        _ => null,
    };
}
