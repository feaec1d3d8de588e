using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using NodeDns.Config.Syntax;
using NodeDns.Config.Values;

namespace NodeDns.Config.Directives;

/// <summary>dns64 [PREFIX] { prefix PREFIX, translate_all, allow_ipv4 }</summary>
internal static class Dns64Directive
{
    public static void Read(DirectiveScope scope)
    {
        var dns64 = new Dns64Config(IPNetwork.Parse("64:ff9b::/96"));
        if (scope.TakesAtMost(1) && scope.Arguments is [var argument] && TryPrefix(scope, argument, out IPNetwork prefix))
        {
            dns64 = dns64 with { Prefix = prefix };
        }

        scope.ReadOptions(new Dictionary<string, Action<DirectiveSyntax>>
        {
            ["prefix"] = option =>
            {
                if (scope.TryOne(option, "PREFIX", out Token token) && TryPrefix(scope, token, out IPNetwork other))
                {
                    dns64 = dns64 with { Prefix = other };
                }
            },
            ["translate_all"] = option => dns64 = dns64 with { TranslateAll = scope.IsFlag(option) },
            ["allow_ipv4"] = option => dns64 = dns64 with { AllowIpv4 = scope.IsFlag(option) },
        });
        scope.Block = scope.Block with { Dns64 = dns64 };
    }

    private static bool TryPrefix(DirectiveScope scope, Token token, out IPNetwork prefix)
    {
        // RFC 6052 §2.2 has places for the IPv4 address behind these lengths only.
        if (AddressText.TryParseNetwork(token.Text, out prefix)
            && prefix.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6
            && prefix.PrefixLength is 32 or 40 or 48 or 56 or 64 or 96)
        {
            return true;
        }

        scope.Error(token, $"expected an IPv6 prefix of 32, 40, 48, 56, 64 or 96 bits such as 64:ff9b::/96, found {Shown.Text(token.Text)}");
        return false;
    }
}
