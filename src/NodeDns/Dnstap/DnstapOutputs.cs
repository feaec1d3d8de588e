using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using NodeDns.Logging;

namespace NodeDns.Dnstap;

/// <summary>All collectors that the config names; they survive a reload that still names them.</summary>
/// <remarks>Control plane. One connection for each collector, however many server blocks name it.</remarks>
internal sealed class DnstapOutputs(Log log) : IDisposable
{
    private readonly Dictionary<(string Text, DnstapTls? Tls, int QueueFactor), DnstapOutput> _outputs = [];
    private readonly Lock _gate = new();
    private (long Sent, long Dropped) _former;

    /// <summary>Since the start, those of outputs that are gone included.</summary>
    public (long Sent, long Dropped) Totals
    {
        get
        {
            lock (_gate)
            {
                return (
                    _former.Sent + _outputs.Values.Sum(one => one.Sent),
                    _former.Dropped + _outputs.Values.Sum(one => one.Dropped));
            }
        }
    }

    public DnstapOutput Get(string text, EndPoint endPoint, DnstapTls? tls, int queueFactor)
    {
        lock (_gate)
        {
            if (!_outputs.TryGetValue((text, tls, queueFactor), out DnstapOutput? output))
            {
                output = new DnstapOutput(text, endPoint, tls, queueFactor, log);
                _outputs.Add((text, tls, queueFactor), output);
            }

            return output;
        }
    }

    /// <summary>Ends the outputs that a new config does not name any more; they say goodbye in their own time.</summary>
    public void KeepOnly(IReadOnlySet<DnstapOutput> named)
    {
        lock (_gate)
        {
            foreach (((string, DnstapTls?, int) key, DnstapOutput output) in _outputs.Where(one => !named.Contains(one.Value)).ToArray())
            {
                _outputs.Remove(key);
                _former = (_former.Sent + output.Sent, _former.Dropped + output.Dropped);
                _ = Task.Run(output.Dispose);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            Task.WaitAll([.. _outputs.Values.Select(output => Task.Run(output.Dispose))], DnstapLimits.Farewell * 2);
            _outputs.Clear();
        }
    }
}
