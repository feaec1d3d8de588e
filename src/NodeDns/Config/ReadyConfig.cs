namespace NodeDns.Config;

/// <summary>ready: GET /ready answers 200 once (or, continuously, while) every part is ready.</summary>
internal sealed record ReadyConfig(HttpEndPointConfig EndPoint, bool Continuously);
