using System;
using System.Text;
using System.Threading;
using NodeDns.Linux.Syscalls;

namespace NodeDns.Linux.Links;

/// <summary>A TUN device that exists exactly as long as this process holds it: the kernel removes it, its addresses and routes.</summary>
/// <remarks>
/// <para>Nobody reads packets from it: only its own addresses are routed to it, and those are local.</para>
/// <para>A dying process lets go of its files in the reverse order of their numbers (the kernel's task work is a stack), and
/// the removal of a device takes tens of milliseconds. So the device is opened before the sockets: it is the last to go.</para>
/// </remarks>
public sealed unsafe class TunDevice : IDisposable
{
    /// <summary>The longest name an interface can have.</summary>
    public const int MaxNameLength = Libc.IFNAMSIZ - 1;

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

        device = new TunDevice(opened.Value, name);
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
}
