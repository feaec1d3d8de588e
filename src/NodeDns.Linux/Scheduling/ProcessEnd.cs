using NodeDns.Linux.Syscalls;

namespace NodeDns.Linux.Scheduling;

/// <summary>The end of the process without any further work of it.</summary>
public static class ProcessEnd
{
    /// <summary>Ends the process at once, whatever its threads do; nothing is disposed or flushed.</summary>
    public static void Now(int exitCode) => Libc._exit(exitCode);
}
