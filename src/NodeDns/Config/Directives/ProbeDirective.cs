using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using NodeDns.Config.Syntax;

namespace NodeDns.Config.Directives;

/// <summary>probe NAME TYPE... { every DURATION, to UPSTREAM... }</summary>
internal static class ProbeDirective
{
    public static void Read(DirectiveScope scope)
    {
        int errors = scope.ErrorCount;
        if (scope.Arguments.Length is < 2 or > 1 + ProbeConfig.MaxTypes)
        {
            scope.Error($"expected NAME and 1 to {ProbeConfig.MaxTypes} record types");
            return;
        }

        TimeSpan every = ProbeConfig.DefaultEvery;
        ImmutableArray<UpstreamAddressConfig> upstreams = [];
        scope.ReadOptions(new Dictionary<string, Action<DirectiveSyntax>>
        {
            ["every"] = option =>
            {
                if (scope.TryOne(option, "DURATION", out Token token)
                    && scope.TryDuration(token, ProbeConfig.LeastEvery, TimeSpan.MaxValue, out TimeSpan value))
                {
                    every = value;
                }
            },
            ["to"] = option =>
            {
                if (scope.TryArguments(option, 1, ForwardConfig.MaxUpstreams, "UPSTREAM...", out ImmutableArray<Token> tokens))
                {
                    upstreams = ReadUpstreams(scope, tokens);
                }
            },
        });
        bool isName = scope.TryName(scope.Arguments[0], out string name);
        ImmutableArray<ProbeTypeConfig> types = [.. ReadTypes(scope).Distinct()];
        if (isName && scope.ErrorCount == errors)
        {
            scope.Block = scope.Block with { Probes = scope.Block.Probes.Add(new ProbeConfig(name, types, every, upstreams)) };
        }
    }

    private static ImmutableArray<UpstreamAddressConfig> ReadUpstreams(DirectiveScope scope, ImmutableArray<Token> tokens)
    {
        ImmutableArray<UpstreamAddressConfig> upstreams = new UpstreamReader(scope, resolvers: []).Read(tokens);
        if (upstreams.Any(upstream => upstream.Transport != Transport.Dns || upstream.EndPoint is null))
        {
            scope.Error(tokens[0], "probes go over plain DNS; name plain addresses");
        }

        return upstreams;
    }

    private static IEnumerable<ProbeTypeConfig> ReadTypes(DirectiveScope scope)
    {
        foreach (Token token in scope.Arguments.Skip(1))
        {
            if (scope.TryType(token, out ushort type))
            {
                yield return new ProbeTypeConfig(type, token.Text.ToUpperInvariant());
            }
        }
    }
}
