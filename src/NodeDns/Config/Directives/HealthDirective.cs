using System;
using System.Collections.Generic;
using NodeDns.Config.Syntax;

namespace NodeDns.Config.Directives;

/// <summary>health [ADDRESS] { lameduck DURATION }</summary>
internal static class HealthDirective
{
    private static readonly HttpEndPointConfig s_default = new(null, 8080, ":8080");

    public static void Read(DirectiveScope scope)
    {
        TimeSpan lameduck = TimeSpan.Zero;
        scope.ReadOptions(new Dictionary<string, Action<DirectiveSyntax>>
        {
            ["lameduck"] = option =>
            {
                if (scope.TryOne(option, "DURATION", out Token token) && scope.TryDuration(token, out TimeSpan value))
                {
                    lameduck = value;
                }
            },
        });
        if (HttpEndPointReader.TryRead(scope, s_default, out HttpEndPointConfig endPoint))
        {
            scope.Block = scope.Block with { Health = new HealthConfig(endPoint, lameduck) };
        }
    }
}
