namespace NodeDns.Linux.Sockets;

/// <summary>One readiness report: what happened, and the tag the descriptor was added with.</summary>
/// <remarks>Not the kernel's struct, whose layout depends on the processor; <see cref="Epoll"/> converts.</remarks>
public readonly record struct EpollEvent(EpollEvents Events, ulong Tag);
