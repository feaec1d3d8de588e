using System;

namespace NodeDns.Config;

/// <summary>timeouts of TCP clients.</summary>
/// <param name="MaxTcpQueries">Questions on one connection; null: no limit.</param>
internal sealed record TimeoutsConfig(TimeSpan Read, TimeSpan Write, TimeSpan Idle, int? MaxTcpQueries);
