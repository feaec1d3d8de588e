using NodeDns.Config;

namespace NodeDns.Listeners;

/// <summary>How patient the server is with TCP clients (<c>timeouts</c>).</summary>
internal sealed record TcpTimeouts(
    int FirstMessageMilliseconds, int WriteMilliseconds, int IdleMilliseconds, int MaxQueries)
{
    public static TcpTimeouts Default { get; } = new(
        ListenerLimits.FirstMessageMilliseconds, ListenerLimits.WriteMilliseconds, ListenerLimits.IdleMilliseconds,
        int.MaxValue);

    public static TcpTimeouts From(TimeoutsConfig? config) => config is null
        ? Default
        : new TcpTimeouts(
            (int)config.Read.TotalMilliseconds, (int)config.Write.TotalMilliseconds, (int)config.Idle.TotalMilliseconds,
            config.MaxTcpQueries ?? int.MaxValue);
}
