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
    public long Refused => _listeners.Values.Sum(listener => listener.Refused);

    /// <summary>The port a listener really has; for tests that ask for port 0.</summary>
    public int PortOf(AdminEndPoint endPoint) => _listeners[endPoint].Port;

    /// <summary>
    /// Opens what the plan adds, keeps what it keeps, closes what it no longer names. When a new address cannot be bound
    /// nothing changes and <paramref name="error"/> is the line for the operator.
    /// </summary>
    /// <param name="waitsForTaken">
    /// A port that another process has is no error: it is taken over when that process, an earlier generation, ends.
    /// </param>
    public bool TryApply(AdminPlan plan, out string error, bool waitsForTaken = false)
    {
        lock (_gate)
        {
            return TryExchange(plan, waitsForTaken, out error);
        }
    }

    private bool TryExchange(AdminPlan plan, bool waitsForTaken, out string error)
    {
        error = "";
        List<AdminListener> opened = [];
        List<AdminEndPoint> closed = [];
        foreach (AdminEndPoint endPoint in plan.EndPoints.Where(wanted => !_listeners.ContainsKey(wanted)))
        {
            // A listener moves between one address and all addresses of a port only by closing the old one first.
            CloseRetired(plan, endPoint.Port, closed);
            AdminListener? listener = AdminListener.TryStart(
                endPoint, plan.Routes(endPoint), log, out string reason, out bool isTaken);
            if (listener is null && isTaken && waitsForTaken)
            {
                log.Info($"{endPoint} for {Names(plan, endPoint)} is another process's; it is taken over when that ends");
                _retry ??= new Timer(_ => Retry(), null, AdminLimits.RetryTaken, AdminLimits.RetryTaken);
                continue;
            }

            if (listener is null)
            {
                error = $"cannot listen on {endPoint} for {Names(plan, endPoint)}: {reason}";
                opened.ForEach(fresh => fresh.Dispose());
                Reopen(closed);
                return false;
            }

            opened.Add(listener);
        }

        Exchange(plan, opened);
        return true;
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

    private void Exchange(AdminPlan plan, List<AdminListener> opened)
    {
        foreach (AdminListener listener in opened)
        {
            _listeners.Add(listener.EndPoint, listener);
        }

        foreach (AdminEndPoint retired in _listeners.Keys.Except(plan.EndPoints).ToArray())
        {
            Close(retired);
        }

        foreach (AdminEndPoint kept in plan.EndPoints.Where(_listeners.ContainsKey))
        {
            _listeners[kept].Routes = plan.Routes(kept);
        }

        _plan = plan;
    }

    private void CloseRetired(AdminPlan plan, int port, List<AdminEndPoint> closed)
    {
        foreach (AdminEndPoint retired in _listeners.Keys.Except(plan.EndPoints).Where(old => old.Port == port).ToArray())
        {
            Close(retired);
            closed.Add(retired);
        }
    }

    private void Reopen(List<AdminEndPoint> closed)
    {
        foreach (AdminEndPoint endPoint in closed)
        {
            AdminListener? listener = AdminListener.TryStart(endPoint, _plan.Routes(endPoint), log, out string reason);
            if (listener is null)
            {
                log.Error($"cannot listen on {endPoint} again for {Names(_plan, endPoint)}: {reason}");
                continue;
            }

            _listeners.Add(endPoint, listener);
        }
    }

    private void Close(AdminEndPoint endPoint)
    {
        _listeners.Remove(endPoint, out AdminListener? listener);
        listener?.Dispose();
    }

    private static string Names(AdminPlan plan, AdminEndPoint endPoint) =>
        string.Join(" and ", plan.Routes(endPoint).Select(route => route.Path));
}
