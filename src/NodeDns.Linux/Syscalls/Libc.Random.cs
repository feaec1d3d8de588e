using System.Runtime.InteropServices;

namespace NodeDns.Linux.Syscalls;

internal static unsafe partial class Libc
{
    [LibraryImport(Library)]
    public static partial nint getrandom(void* buf, nuint buflen, uint flags);
}
