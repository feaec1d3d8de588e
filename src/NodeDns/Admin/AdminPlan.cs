using System;
using System.Collections.Generic;
using NodeDns.Config;
using NodeDns.Metrics;

namespace NodeDns.Admin;

/// <summary>Which HTTP endpoints a config asks for: each address with its paths.</summary>
internal sealed class AdminPlan
{
    private readonly Dictionary<AdminEndPoint, List<AdminRoute>> _endPoints = [];

    public IEnumerable<AdminEndPoint> EndPoints => _endPoints.Keys;

    /// <summary>Adds a path to an address; a second route for the same path there changes nothing.</summary>
    public AdminPlan Add(AdminEndPoint endPoint, AdminRoute route)
    {
        if (!_endPoints.TryGetValue(endPoint, out List<AdminRoute>? routes))
        {
            _endPoints.Add(endPoint, routes = []);
        }

        if (!routes.Exists(known => known.Path == route.Path))
        {
            routes.Add(route);
        }

        return this;
    }

    public AdminRoute[] Routes(AdminEndPoint endPoint) => [.. _endPoints[endPoint]];

    /// <summary>The health, ready and prometheus directives of all blocks; blocks may share an address.</summary>
    public static AdminPlan Build(
        NodeDnsConfig config, Readiness readiness, Func<IReadOnlyList<string>> unhealthy, MetricSet metrics,
        params AdminRoute[] besideMetrics)
    {
        AdminPlan plan = new();
        foreach (ServerBlockConfig block in config.Blocks)
        {
            if (block.Health is { } health)
            {
                plan.Add(ToEndPoint(health.EndPoint), AdminRoute.Health(unhealthy));
            }

            if (block.Ready is { } ready)
            {
                plan.Add(ToEndPoint(ready.EndPoint), AdminRoute.Ready(readiness, ready.Continuously));
            }

            if (block.Prometheus is { } prometheus)
            {
                plan.Add(ToEndPoint(prometheus.EndPoint), AdminRoute.Metrics(metrics));
                Array.ForEach(besideMetrics, route => plan.Add(ToEndPoint(prometheus.EndPoint), route));
            }
        }

        return plan;
    }

    private static AdminEndPoint ToEndPoint(HttpEndPointConfig config) => new(config.Address, config.Port);
}
