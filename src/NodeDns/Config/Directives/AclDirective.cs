using System;
using System.Collections.Immutable;
using System.Net;
using NodeDns.Config.Syntax;
using NodeDns.Config.Values;

namespace NodeDns.Config.Directives;

/// <summary>acl [ZONES...] { allow|block|filter|drop [type TYPE...] [net CIDR...] }</summary>
internal static class AclDirective
{
    private const string Syntax = "allow|block|filter|drop [type TYPE...] [net CIDR...]";

    public static void Read(DirectiveScope scope)
    {
        var rules = ImmutableArray.CreateBuilder<AclRuleConfig>();
        foreach (DirectiveSyntax option in scope.Options)
        {
            if (scope.TakesNoBlock(option) && ReadRule(scope, option) is AclRuleConfig rule)
            {
                rules.Add(rule);
            }
        }

        scope.Block = scope.Block with
        {
            Acls = scope.Block.Acls.Add(new AclConfig(scope.ZonesOrBlock(scope.Arguments), rules.ToImmutable())),
        };
    }

    private static AclRuleConfig? ReadRule(DirectiveScope scope, DirectiveSyntax option)
    {
        AclAction? action = option.Name.Text.ToLowerInvariant() switch
        {
            "allow" => AclAction.Allow,
            "block" => AclAction.Block,
            "filter" => AclAction.Filter,
            "drop" => AclAction.Drop,
            _ => null,
        };
        if (action is null)
        {
            scope.UnknownOption(option.Name, ["allow", "block", "filter", "drop"]);
            return null;
        }

        var types = ImmutableArray.CreateBuilder<ushort>();
        var networks = ImmutableArray.CreateBuilder<IPNetwork>();
        bool anyType = false;
        bool anyNetwork = false;
        for (int i = 0; i < option.Arguments.Length;)
        {
            Token section = option.Arguments[i++];
            Action<Token>? read = section.Text.ToLowerInvariant() switch
            {
                "type" => word => anyType |= IsStar(word) || AddType(scope, word, types),
                "net" => word => anyNetwork |= IsStar(word) || AddNetwork(scope, word, networks),
                _ => null,
            };
            if (read is null)
            {
                scope.Error(section, $"expected \"{Syntax}\", found {Shown.Text(section.Text)}");
                return null;
            }

            int first = i;
            for (; i < option.Arguments.Length && !IsSection(option.Arguments[i]); i++)
            {
                read(option.Arguments[i]);
            }

            if (i == first)
            {
                scope.Error(section, $"expected at least one word after {section.Text}");
            }
        }

        return new AclRuleConfig(
            action.Value, anyType ? [] : types.ToImmutable(), anyNetwork ? [] : networks.ToImmutable());
    }

    private static bool IsSection(Token word) => word.Text.ToLowerInvariant() is "type" or "net" or "file";

    private static bool IsStar(Token word) => word.Text == "*";

    private static bool AddType(DirectiveScope scope, Token word, ImmutableArray<ushort>.Builder types)
    {
        if (scope.TryType(word, out ushort type))
        {
            types.Add(type);
        }

        return false;
    }

    private static bool AddNetwork(DirectiveScope scope, Token word, ImmutableArray<IPNetwork>.Builder networks)
    {
        if (AddressText.TryParseNetworkOrAddress(word.Text, out IPNetwork network))
        {
            networks.Add(network);
        }
        else
        {
            scope.Error(word, $"expected a network such as 10.0.0.0/8 or an address, found {Shown.Text(word.Text)}");
        }

        return false;
    }
}
