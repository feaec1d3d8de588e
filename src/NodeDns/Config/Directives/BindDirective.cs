using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using NodeDns.Config.Syntax;
using NodeDns.Config.Values;

namespace NodeDns.Config.Directives;

/// <summary>bind ADDRESS|INTERFACE... { except ADDRESS|INTERFACE... }; several lines add up.</summary>
internal static class BindDirective
{
    public static void Read(DirectiveScope scope)
    {
        if (scope.Arguments.IsEmpty)
        {
            scope.Error("expected at least one address or interface");
            return;
        }

        int errors = scope.ErrorCount;
        ImmutableArray<IPAddress> addresses = Addresses(scope, scope.Arguments);
        ImmutableArray<IPAddress> except = [];
        scope.ReadOptions(new Dictionary<string, Action<DirectiveSyntax>>
        {
            ["except"] = option =>
            {
                if (scope.TryArguments(option, 1, int.MaxValue, "ADDRESS|INTERFACE...", out ImmutableArray<Token> words))
                {
                    except = except.AddRange(Addresses(scope, words));
                }
            },
        });

        ImmutableArray<IPAddress> left = [.. addresses.Except(except)];
        if (left.IsEmpty && scope.ErrorCount == errors)
        {
            scope.Error("except leaves no address to listen on");
        }

        scope.Block = scope.Block with { Bind = [.. scope.Block.Bind.Union(left)] };
    }

    private static ImmutableArray<IPAddress> Addresses(DirectiveScope scope, IEnumerable<Token> words)
    {
        var addresses = ImmutableArray.CreateBuilder<IPAddress>();
        foreach (Token word in words)
        {
            if (AddressText.TryParseWithScope(word.Text, out IPAddress address))
            {
                addresses.Add(address);
                continue;
            }

            ImmutableArray<IPAddress> ofInterface = scope.State.InterfaceAddresses(word.Text);
            if (ofInterface.IsEmpty)
            {
                scope.Error(word, $"expected an IP address or the name of a network interface, found {Shown.Text(word.Text)}");
            }

            addresses.AddRange(ofInterface);
        }

        return addresses.ToImmutable();
    }
}
