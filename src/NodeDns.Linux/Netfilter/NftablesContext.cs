using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using NodeDns.Linux.Sockets;
using NodeDns.Linux.Syscalls;

namespace NodeDns.Linux.Netfilter;

/// <summary>libnftables in this process: commands in nft's language, each call one transaction.</summary>
/// <remarks>
/// <para>A table with <c>flags owner</c> lives as long as the netlink socket inside the context that made it, so the
/// context is kept as long as the table is wanted. The kernel refuses changes to it by anybody else, `nft flush ruleset`
/// passes it over, and it is gone when the process is (verified on Linux 6.18, kill -9 included).</para>
/// <para>Listing may make libnftables close and reopen its socket (when the ruleset changes under it), which would drop
/// the table: an owning context only ever adds and flushes, and another one lists.</para>
/// <para>A dying process lets go of its files in the reverse order of their numbers, so the socket of an owner is held by a
/// second, high number too: the table is the first thing to go. MEASURED: from kill -9 to the removal of the table 21 ms
/// before, behind the TUN device, and 5 ms since, 2026-11-28 (benchmarks/results/2026-11-28-node.md).</para>
/// <para>Owned by one thread at a time.</para>
/// </remarks>
public sealed unsafe class NftablesContext : IDisposable
{
    // Above what TCP clients and upstreams take, within what is usually allowed.
    private static readonly int[] s_highNumbers = [8192, 900];

    private nint _context;
    private int _high = -1;

    private NftablesContext(nint context) => _context = context;

    /// <summary>A context that makes tables of its own, which are to go first when the process dies.</summary>
    public static NftablesContext? TryOpenOwner(out string error)
    {
        Dictionary<string, int> before = OwnSockets.List();
        NftablesContext? context = TryOpen(out error);
        if (context is not null)
        {
            foreach ((string number, int descriptor) in OwnSockets.List())
            {
                if (!before.ContainsKey(number) && IsNetfilter(descriptor))
                {
                    // libnftables does not, and an iptables that waits for its lock would keep the table of the dead.
                    _ = Libc.fcntl(descriptor, Libc.F_SETFD, Libc.FD_CLOEXEC);
                    context._high = MoveUp(descriptor);
                }
            }
        }

        return context;
    }

    /// <summary>Null, with one line that says why: the library is not installed, or there is no netlink socket.</summary>
    public static NftablesContext? TryOpen(out string error)
    {
        if (!NativeLibrary.TryLoad(Libnftables.Library, out _))
        {
            error = $"{Libnftables.Library} is not installed (Debian package libnftables1)";
            return null;
        }

        nint context = Libnftables.nft_ctx_new(Libnftables.NFT_CTX_DEFAULT);
        if (context == 0)
        {
            error = "libnftables could not open its netlink socket";
            return null;
        }

        // Output goes to standard output and standard error without these.
        _ = Libnftables.nft_ctx_buffer_output(context);
        _ = Libnftables.nft_ctx_buffer_error(context);

        // The set of TCP clients may have tens of thousands.
        Libnftables.nft_ctx_output_set_flags(context, Libnftables.NFT_CTX_OUTPUT_TERSE);
        error = "";
        return new NftablesContext(context);
    }

    /// <summary>Runs commands as one transaction: all of them, or none and an error of one line.</summary>
    public bool TryRun(string commands, out string output, out string error)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        int result;
        fixed (byte* text = Encoding.UTF8.GetBytes(commands + "\0"))
        {
            result = Libnftables.nft_run_cmd_from_buffer(_context, text);
        }

        output = Marshal.PtrToStringUTF8((nint)Libnftables.nft_ctx_get_output_buffer(_context)) ?? "";
        string messages = Marshal.PtrToStringUTF8((nint)Libnftables.nft_ctx_get_error_buffer(_context)) ?? "";
        error = result == 0 ? "" : FirstError(messages);
        return result == 0;
    }

    /// <summary>Closes the netlink socket; the kernel removes the tables this context owns before this returns.</summary>
    public void Dispose()
    {
        nint context = _context;
        _context = 0;
        if (context != 0)
        {
            Libnftables.nft_ctx_free(context);
        }

        if (_high >= 0)
        {
            _ = Libc.close(_high);
            _high = -1;
        }
    }

    private static bool IsNetfilter(int descriptor) =>
        Option(descriptor, Libc.SO_DOMAIN) == Libc.AF_NETLINK && Option(descriptor, Libc.SO_PROTOCOL) == Libc.NETLINK_NETFILTER;

    private static int Option(int descriptor, int option)
    {
        int value = -1;
        uint length = sizeof(int);
        return Libc.getsockopt(descriptor, Libc.SOL_SOCKET, option, &value, &length) == 0 ? value : -1;
    }

    /// <summary>A second number of a socket, as high as is allowed; -1 when that is not allowed at all.</summary>
    private static int MoveUp(int descriptor)
    {
        foreach (int high in s_highNumbers)
        {
            SyscallResult moved = SyscallResult.From(Libc.fcntl(descriptor, Libc.F_DUPFD_CLOEXEC, high));
            if (!moved.IsError)
            {
                return moved.Value;
            }
        }

        return -1;
    }

    /// <summary>"Error: Could not process rule: ..." and lines that quote the text: the first sentence says it.</summary>
    private static string FirstError(string messages)
    {
        foreach (string line in messages.Split('\n'))
        {
            int error = line.IndexOf("Error: ", StringComparison.Ordinal);
            if (error >= 0)
            {
                return line[(error + "Error: ".Length)..].Trim();
            }
        }

        return messages.Length == 0 ? "nftables gave no reason" : messages.Split('\n')[0].Trim();
    }
}
