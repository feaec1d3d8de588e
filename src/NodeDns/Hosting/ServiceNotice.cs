using System;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace NodeDns.Hosting;

/// <summary>Tells systemd what the server does (Type=notify): one datagram to the socket it names in NOTIFY_SOCKET.</summary>
internal static class ServiceNotice
{
    public const string Ready = "READY=1";
    public const string Stopping = "STOPPING=1";

    /// <summary>The service manager kills a service with <c>WatchdogSec</c> that does not say this in time.</summary>
    public const string Alive = "WATCHDOG=1";

    private const string SocketVariable = "NOTIFY_SOCKET";

    /// <summary>Whether the service manager waits for <see cref="Alive"/> from this very process (sd_watchdog_enabled(3)).</summary>
    public static bool IsWatched =>
        long.TryParse(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), out long microseconds) && microseconds > 0
        && Environment.GetEnvironmentVariable("WATCHDOG_PID") is var process
        && (string.IsNullOrEmpty(process) || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture));

    /// <summary>Nothing happens where no service manager waits, or where it cannot be reached: it has its own timeout.</summary>
    public static void Send(string state)
    {
        string? path = Environment.GetEnvironmentVariable(SocketVariable);
        if (string.IsNullOrEmpty(path) || path[0] is not ('/' or '@'))
        {
            return;
        }

        try
        {
            using Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };

            // A leading @ stands for the zero byte of the abstract namespace (sd_notify(3)).
            socket.SendTo(Encoding.UTF8.GetBytes(state), new UnixDomainSocketEndPoint(path[0] == '@' ? "\0" + path[1..] : path));
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            // The notice is a courtesy; serving goes on.
        }
    }
}
