using System;
using NodeDns.Config.Values;

namespace NodeDns.Config.Directives;

/// <summary>reload [INTERVAL] [JITTER]</summary>
internal static class ReloadDirective
{
    private static readonly TimeSpan s_minInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_minJitter = TimeSpan.FromSeconds(1);

    public static void Read(DirectiveScope scope)
    {
        TimeSpan interval = TimeSpan.FromSeconds(30);
        TimeSpan jitter = TimeSpan.FromSeconds(15);
        scope.TakesNoBlock();
        if (!scope.TakesAtMost(2)
            || (scope.Arguments.Length > 0
                && !scope.TryDuration(scope.Arguments[0], s_minInterval, TimeSpan.FromDays(365), out interval))
            || (scope.Arguments.Length > 1 && !scope.TryDuration(scope.Arguments[1], out jitter)))
        {
            return;
        }

        if (jitter > TimeSpan.Zero && jitter < s_minJitter)
        {
            scope.Error(scope.Arguments[1], $"expected a jitter of 0 or at least 1s, found {Shown.Text(scope.Arguments[1].Text)}");
            return;
        }

        // CoreDNS's rule, so that a check never comes before half the interval has passed.
        jitter = jitter > interval / 2 ? interval / 2 : jitter;
        scope.Block = scope.Block with { Reload = new ReloadConfig(interval, jitter) };
    }
}
