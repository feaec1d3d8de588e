using NodeDns.Linux.Syscalls;

namespace NodeDns.Linux.Sockets;

/// <summary>The sockets that share one port (SO_REUSEPORT), in the order in which they began to listen.</summary>
public static unsafe class ReusePortGroup
{
    /// <summary>
    /// Sends all new connections to the listener at a place of the group. What it says stays with the group; when nobody
    /// is at that place any more, the kernel chooses by itself again.
    /// </summary>
    /// <param name="descriptor">Any listener of the group.</param>
    /// <param name="place">0 is the one that has listened longest.</param>
    public static SyscallResult SendTo(int descriptor, int place)
    {
        Libc.sock_filter instruction = new() { code = Libc.BPF_RET | Libc.BPF_K, k = (uint)place };
        Libc.sock_fprog program = new() { len = 1, filter = &instruction };
        return SyscallResult.From(Libc.setsockopt(
            descriptor, Libc.SOL_SOCKET, Libc.SO_ATTACH_REUSEPORT_CBPF, &program, (uint)sizeof(Libc.sock_fprog)));
    }
}
