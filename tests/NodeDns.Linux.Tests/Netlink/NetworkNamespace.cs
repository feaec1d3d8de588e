using System;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Threading;
using Xunit;

namespace NodeDns.Linux.Tests.Netlink;

/// <summary>A network of its own for a test: one thread leaves the process's namespace and never comes back.</summary>
internal static class NetworkNamespace
{
    private const int NewNetwork = 0x40000000;

    public static bool IsAllowed { get; } = TryEnter();

    /// <summary>Runs a test in an empty namespace; what it leaves there goes with it.</summary>
    public static void Run(Action test)
    {
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                Assert.Equal(0, Unshare(NewNetwork));
                test();
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    private static bool TryEnter()
    {
        bool entered = false;
        Thread thread = new(() => entered = Unshare(NewNetwork) == 0);
        thread.Start();
        thread.Join();
        return entered;
    }

    // The source generator would want unsafe code in this project for one int.
#pragma warning disable SYSLIB1054
    [DllImport("libc", EntryPoint = "unshare")]
    private static extern int Unshare(int flags);
#pragma warning restore SYSLIB1054
}

/// <summary>A test that needs a network namespace of its own, so root.</summary>
internal sealed class NamespaceFactAttribute : FactAttribute
{
    public NamespaceFactAttribute()
    {
        if (!NetworkNamespace.IsAllowed)
        {
            Skip = "no network namespaces here (they need root)";
        }
    }
}
