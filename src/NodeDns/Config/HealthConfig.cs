using System;

namespace NodeDns.Config;

/// <summary>health: GET /health answers 200 while the process runs.</summary>
/// <param name="Lameduck">How long a stopping server goes on answering.</param>
internal sealed record HealthConfig(HttpEndPointConfig EndPoint, TimeSpan Lameduck);
