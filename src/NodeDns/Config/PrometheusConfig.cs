namespace NodeDns.Config;

/// <summary>prometheus: GET /metrics.</summary>
internal sealed record PrometheusConfig(HttpEndPointConfig EndPoint, bool RuntimeMetrics = false);
