using System;
using System.Collections.Generic;
using System.Net;
using NodeDns.Config.Syntax;

namespace NodeDns.Config.Directives;

/// <summary>prometheus [ADDRESS] { runtime_metrics }</summary>
internal static class PrometheusDirective
{
    private static readonly HttpEndPointConfig s_default = new(IPAddress.Loopback, 9153, "localhost:9153");

    public static void Read(DirectiveScope scope)
    {
        bool runtimeMetrics = false;
        scope.ReadOptions(new Dictionary<string, Action<DirectiveSyntax>>
        {
            ["runtime_metrics"] = option => runtimeMetrics = scope.IsFlag(option),
            ["tls"] = option => scope.Error(
                option.Name, "metrics are served over plain HTTP only; take tls away and limit access by address"),
        });
        if (HttpEndPointReader.TryRead(scope, s_default, out HttpEndPointConfig endPoint))
        {
            scope.Block = scope.Block with { Prometheus = new PrometheusConfig(endPoint, runtimeMetrics) };
        }
    }
}
