using System;
using System.Text;
using System.Threading;
using NodeDns.Linux.Syscalls;

namespace NodeDns.Linux.Links;

/// <summary>A TUN device that exists exactly as long as this process holds it: the kernel removes it, its addresses and routes.</summary>
/// <remarks>Nobody reads packets from it: only its own addresses are routed to it, and those are local.</remarks>
public sealed unsafe class TunDevice : IDisposable
{
    /// <summary>The longest name an interface can have.</summary>
    public const int MaxNameLength = Libc.IFNAMSIZ - 1;

    // A dying process closes its descriptors in the order of their numbers, and removing a device takes the kernel tens
    // of milliseconds. The device goes behind the sockets and the rules, or packets would be let past conntrack to an
    // address that is no more.
    private const int LateDescriptor = 512;

    private int _descriptor;

    private TunDevice(int descriptor, string name)
    {
        _descriptor = descriptor;
        Name = name;
    }

    public string Name { get; }

    /// <summary>
    /// Creates the device. EBUSY or EINVAL: a link of that name is there. ENOENT, EACCES, EPERM: /dev/net/tun cannot be
    /// opened, or CAP_NET_ADMIN is missing.
    /// </summary>
    public static SyscallResult TryCreate(string name, out TunDevice? device)
    {
        device = null;
        SyscallResult opened;
        fixed (byte* path = "/dev/net/tun\0"u8)
        {
            opened = SyscallResult.From(Libc.open(path, Libc.O_RDWR | Libc.O_CLOEXEC, 0));
        }

        if (opened.IsError)
        {
            return opened;
        }

        Libc.ifreq request = default;
        Encoding.ASCII.GetBytes(name.AsSpan(0, Math.Min(name.Length, MaxNameLength)), new Span<byte>(request.ifr_name, MaxNameLength));
        request.ifr_flags = unchecked((short)(Libc.IFF_TUN | Libc.IFF_NO_PI | Libc.IFF_TUN_EXCL));
        SyscallResult result = SyscallResult.From(Libc.ioctl(opened.Value, Libc.TUNSETIFF, &request));
        if (result.IsError)
        {
            _ = Libc.close(opened.Value);
            return result;
        }

        device = new TunDevice(MoveUp(opened.Value), name);
        return result;
    }

    /// <summary>Removes the device with everything on it.</summary>
    public void Dispose()
    {
        int descriptor = Interlocked.Exchange(ref _descriptor, -1);
        if (descriptor >= 0)
        {
            _ = Libc.close(descriptor);
        }
    }

    private static int MoveUp(int descriptor)
    {
        SyscallResult moved = SyscallResult.From(Libc.fcntl(descriptor, Libc.F_DUPFD_CLOEXEC, LateDescriptor));
        if (moved.IsError)
        {
            // Too few descriptors allowed: it works where it is.
            return descriptor;
        }

        _ = Libc.close(descriptor);
        return moved.Value;
    }
}
