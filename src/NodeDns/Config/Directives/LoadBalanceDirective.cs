using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Net;
using NodeDns.Config.Syntax;
using NodeDns.Config.Values;

namespace NodeDns.Config.Directives;

/// <summary>loadbalance [round_robin | weighted FILE] { reload DURATION, prefer CIDR... }</summary>
internal static class LoadBalanceDirective
{
    public static void Read(DirectiveScope scope)
    {
        string? weightFile = null;
        switch (scope.Arguments)
        {
            case [] or [{ Text: "round_robin" }]:
                break;
            case [{ Text: "weighted" }, var file]:
                weightFile = WeightFile(scope, file);
                break;
            case [{ Text: "weighted" } weighted]:
                scope.Error(weighted, "expected the file with the weights after weighted");
                break;
            case [{ Text: "round_robin" }, ..]:
                scope.TakesAtMost(1);
                break;
            case [{ Text: "weighted" }, ..]:
                scope.TakesAtMost(2);
                break;
            default:
                scope.Error(scope.Arguments[0], $"expected round_robin or weighted FILE, found {Shown.Text(scope.Arguments[0].Text)}");
                break;
        }

        var balance = new LoadBalanceConfig(weightFile, TimeSpan.FromSeconds(30), []);
        scope.ReadOptions(new Dictionary<string, Action<DirectiveSyntax>>
        {
            ["prefer"] = option => balance = balance with { Prefer = balance.Prefer.AddRange(Networks(scope, option)) },
            ["reload"] = option =>
            {
                if (weightFile is null)
                {
                    scope.Error(option.Name, "reload is for \"loadbalance weighted FILE\" only");
                }
                else if (scope.TryOne(option, "DURATION", out Token token) && scope.TryDuration(token, out TimeSpan reload))
                {
                    balance = balance with { WeightReload = reload };
                }
            },
        });
        scope.Block = scope.Block with { LoadBalance = balance };
    }

    private static string? WeightFile(DirectiveScope scope, Token file)
    {
        if (file.Text.Length == 0 || file.Text.Contains('\0', StringComparison.Ordinal))
        {
            scope.Error(file, $"expected the path of a file, found {Shown.Text(file.Text)}");
            return null;
        }

        scope.Watch(file.Text);
        if (!scope.Files.Exists(file.Text))
        {
            scope.Error(file, $"there is no file {Shown.Text(file.Text)}");
        }

        return file.Text;
    }

    private static ImmutableArray<IPNetwork> Networks(DirectiveScope scope, DirectiveSyntax option)
    {
        var networks = ImmutableArray.CreateBuilder<IPNetwork>();
        if (scope.TryArguments(option, 1, int.MaxValue, "CIDR...", out ImmutableArray<Token> words))
        {
            foreach (Token word in words)
            {
                if (AddressText.TryParseNetwork(word.Text, out IPNetwork network))
                {
                    networks.Add(network);
                }
                else
                {
                    scope.Error(word, $"expected a network such as 10.0.0.0/8, found {Shown.Text(word.Text)}");
                }
            }
        }

        return networks.ToImmutable();
    }
}
