using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using NodeDns.Config.Syntax;

namespace NodeDns.Config.Directives;

/// <summary>ndots_filter [ZONE] { min_labels N, allow NAMES..., kubernetes }</summary>
internal static class NdotsFilterDirective
{
    private const int MaxLabels = 127;

    public static void Read(DirectiveScope scope)
    {
        if (!scope.TakesAtMost(1))
        {
            return;
        }

        int minLabels = NdotsFilterConfig.DefaultMinLabels;
        bool kubernetes = false;
        var allow = ImmutableArray.CreateBuilder<string>();
        scope.ReadOptions(new Dictionary<string, Action<DirectiveSyntax>>
        {
            ["min_labels"] = option =>
            {
                if (scope.TryOne(option, "NUMBER", out Token token)
                    && scope.TryInteger(token, 1, MaxLabels, "a number of labels", out int value))
                {
                    minLabels = value;
                }
            },
            ["allow"] = option =>
            {
                if (scope.TryArguments(option, 1, int.MaxValue, "NAMES...", out ImmutableArray<Token> names))
                {
                    allow.AddRange(scope.Names(names));
                }
            },
            ["kubernetes"] = option => kubernetes = scope.IsFlag(option),
        });

        ImmutableArray<string> zones = scope.ZonesOrBlock(scope.Arguments);
        if (zones.Contains("."))
        {
            scope.Error("would deny nearly every name there is in the zone \".\"; name the zone of the search list, "
                + "for example \"ndots_filter example.lan\"");
            return;
        }

        scope.Block = scope.Block with
        {
            NdotsFilters = scope.Block.NdotsFilters.AddRange(
                zones.Select(zone => new NdotsFilterConfig(zone, minLabels, allow.ToImmutable(), kubernetes))),
        };
    }
}
