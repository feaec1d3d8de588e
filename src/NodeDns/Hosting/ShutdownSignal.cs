using System;
using System.Runtime.InteropServices;
using System.Threading;

namespace NodeDns.Hosting;

/// <summary>Waits for SIGTERM or SIGINT; a second one ends the process at once.</summary>
internal sealed class ShutdownSignal : IDisposable
{
    private readonly ManualResetEventSlim _asked = new();
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _interrupt;

    private readonly Action _onAsked;

    /// <param name="onAsked">Done when the first signal comes.</param>
    public ShutdownSignal(Action onAsked)
    {
        _onAsked = onAsked;
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
    }

    public bool IsAsked => _asked.IsSet;

    public void Wait() => _asked.Wait();

    public void Dispose()
    {
        _terminate.Dispose();
        _interrupt.Dispose();
        _asked.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = !_asked.IsSet;
        if (context.Cancel)
        {
            _onAsked();
        }

        _asked.Set();
    }
}
