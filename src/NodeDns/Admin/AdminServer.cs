using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using NodeDns.Logging;

namespace NodeDns.Admin;

/// <summary>All HTTP endpoints of the program; follows the plan of each config.</summary>
/// <remarks>Called by start-up and the reload thread; a timer tries ports that were taken. One gate keeps them apart.</remarks>
internal sealed class AdminServer(Log log) : IDisposable
{
    private readonly Dictionary<AdminEndPoint, AdminListener> _listeners = [];
    private readonly Lock _gate = new();
    private AdminPlan _plan = new();
    private Timer? _retry;

    /// <summary>Connections closed because too many were open, on the listeners of now.</summary>
    public long Refused
    {
        get
        {
            lock (_gate)
            {
                return _listeners.Values.Sum(listener => listener.Refused);
            }
        }
    }

    /// <summary>The port a listener really has; for tests that ask for port 0.</summary>
    public int PortOf(AdminEndPoint endPoint) => _listeners[endPoint].Port;

    /// <summary>
    /// Opens what the plan adds, keeps what it keeps, closes what it no longer names. An address that cannot be had
    /// is said in one line and tried again and again: DNS does not wait for its endpoints.
    /// </summary>
    /// <param name="waitsForTaken">
    /// A port that another process has is not worth an error: it is taken over when that process, an earlier generation, ends.
    /// </param>
    public void Apply(AdminPlan plan, bool waitsForTaken = false)
    {
        lock (_gate)
        {
            foreach (AdminEndPoint retired in _listeners.Keys.Except(plan.EndPoints).ToArray())
            {
                Close(retired);
            }

            _plan = plan;
            foreach (AdminEndPoint endPoint in plan.EndPoints)
            {
                if (_listeners.TryGetValue(endPoint, out AdminListener? kept))
                {
                    kept.Routes = plan.Routes(endPoint);
                }
                else
                {
                    Open(endPoint, waitsForTaken);
                }
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _retry?.Dispose();
            _plan = new AdminPlan();
            foreach (AdminListener listener in _listeners.Values)
            {
                listener.Dispose();
            }

            _listeners.Clear();
        }
    }

    private void Retry()
    {
        lock (_gate)
        {
            foreach (AdminEndPoint endPoint in _plan.EndPoints.Where(wanted => !_listeners.ContainsKey(wanted)))
            {
                if (AdminListener.TryStart(endPoint, _plan.Routes(endPoint), log, out _) is { } listener)
                {
                    _listeners.Add(endPoint, listener);
                    log.Info($"{endPoint} for {Names(_plan, endPoint)} is ours now");
                }
            }

            if (_plan.EndPoints.All(_listeners.ContainsKey))
            {
                _retry?.Dispose();
                _retry = null;
            }
        }
    }

    private void Open(AdminEndPoint endPoint, bool waitsForTaken)
    {
        string names = Names(_plan, endPoint);
        AdminListener? listener = AdminListener.TryStart(
            endPoint, _plan.Routes(endPoint), log, out string reason, out bool isTaken);
        if (listener is not null)
        {
            _listeners.Add(endPoint, listener);
            return;
        }

        if (isTaken && waitsForTaken)
        {
            log.Info($"{endPoint} for {names} is another process's; it is taken over when that ends");
        }
        else
        {
            log.Error($"cannot listen on {endPoint} for {names}: {reason}; serving DNS without it, trying again");
        }

        _retry ??= new Timer(_ => Retry(), null, AdminLimits.RetryTaken, AdminLimits.RetryTaken);
    }

    private void Close(AdminEndPoint endPoint)
    {
        _listeners.Remove(endPoint, out AdminListener? listener);
        listener?.Dispose();
    }

    private static string Names(AdminPlan plan, AdminEndPoint endPoint) =>
        string.Join(" and ", plan.Routes(endPoint).Select(route => route.Path));
}
