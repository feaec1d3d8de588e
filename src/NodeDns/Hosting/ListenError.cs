using System.Net;
using NodeDns.Linux.Syscalls;

namespace NodeDns.Hosting;

/// <summary>One line for an address that cannot be listened on: what, why, and a way out.</summary>
internal static class ListenError
{
    public static string Describe(string transport, IPEndPoint endPoint, int errno) =>
        $"cannot listen on {endPoint} ({transport}): " + errno switch
        {
            Errno.EADDRINUSE => "the address is in use by another process; stop it, or choose another port or `bind` address",
            Errno.EACCES or Errno.EPERM => endPoint.Port < 1024
                ? "no right to a port below 1024; add the capability NET_BIND_SERVICE, run as root, or use -dns.port"
                : "permission denied",
            Errno.EADDRNOTAVAIL => "no interface of this machine has the address; check `bind` and -localip",
            _ => $"{Errno.Name(errno)} ({errno})",
        };
}
