using System;
using System.IO;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Threading;
using Microsoft.Win32.SafeHandles;

namespace NodeDns.TestKit;

/// <summary>Sockets inside a named network namespace: a socket stays where the thread was that made it.</summary>
public static class NetworkNamespace
{
    private const int NewNetwork = 0x40000000;

    /// <summary>Runs something on a thread that is in the namespace, and returns what it made there.</summary>
    public static T Run<T>(string name, Func<T> make)
    {
        T? made = default;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                using SafeFileHandle handle = File.OpenHandle($"/run/netns/{name}");
                if (Enter((int)handle.DangerousGetHandle(), NewNetwork) != 0)
                {
                    throw new InvalidOperationException($"cannot enter the namespace {name}");
                }

                made = make();
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return made!;
    }

    /// <summary>A socket in the namespace; null: in that of the test.</summary>
    public static Socket Socket(string? name, AddressFamily family, SocketType type, ProtocolType protocol) => name is null
        ? new Socket(family, type, protocol)
        : Run(name, () => new Socket(family, type, protocol));

    // The source generator would want unsafe code in this project for two ints.
#pragma warning disable SYSLIB1054
    [DllImport("libc", EntryPoint = "setns")]
    private static extern int Enter(int descriptor, int type);
#pragma warning restore SYSLIB1054
}
