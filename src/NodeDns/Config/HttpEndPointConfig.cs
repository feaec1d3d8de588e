using System.Net;

namespace NodeDns.Config;

/// <summary>Where a plain HTTP endpoint (health, ready, prometheus) listens.</summary>
/// <param name="Address">Null: all addresses.</param>
/// <param name="Text">As the operator wrote it, for logs.</param>
internal sealed record HttpEndPointConfig(IPAddress? Address, int Port, string Text);
