using System;
using System.Collections.Generic;
using NodeDns.Config.Syntax;
using NodeDns.Config.Values;

namespace NodeDns.Config.Directives;

/// <summary>timeouts { read, write, idle, maxtcpqueries }</summary>
internal static class TimeoutsDirective
{
    private static readonly TimeSpan s_min = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_max = TimeSpan.FromHours(24);

    public static void Read(DirectiveScope scope)
    {
        var timeouts = new TimeoutsConfig(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10), null);
        scope.TakesNoArguments();
        if (scope.Options.IsEmpty)
        {
            scope.Error("expected a block with at least one of read, write, idle, maxtcpqueries");
        }

        scope.ReadOptions(new Dictionary<string, Action<DirectiveSyntax>>
        {
            ["read"] = option => timeouts = timeouts with { Read = Duration(scope, option, timeouts.Read) },
            ["write"] = option => timeouts = timeouts with { Write = Duration(scope, option, timeouts.Write) },
            ["idle"] = option => timeouts = timeouts with { Idle = Duration(scope, option, timeouts.Idle) },
            ["maxtcpqueries"] = option => timeouts = timeouts with { MaxTcpQueries = Queries(scope, option) },
        });
        scope.Block = scope.Block with { Timeouts = timeouts };
    }

    private static TimeSpan Duration(DirectiveScope scope, DirectiveSyntax option, TimeSpan otherwise)
    {
        return scope.TryOne(option, "DURATION", out Token token) && scope.TryDuration(token, s_min, s_max, out TimeSpan value)
            ? value
            : otherwise;
    }

    /// <summary>-1 means no limit.</summary>
    private static int? Queries(DirectiveScope scope, DirectiveSyntax option)
    {
        if (!scope.TryOne(option, "NUMBER", out Token token) || token.Text == "-1")
        {
            return null;
        }

        if (AddressText.TryParseNumber(token.Text, 1, int.MaxValue, out int count))
        {
            return count;
        }

        scope.Error(token, $"expected a number of questions (1 or more) or -1 for no limit, found {Shown.Text(token.Text)}");
        return null;
    }
}
