using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using NodeDns.Filters;
using NodeDns.Linux.Syscalls;
using NodeDns.Listeners;
using NodeDns.Metrics;
using NodeDns.Pipeline;
using NodeDns.Wire;

namespace NodeDns.Hosting;

/// <summary>Asks the server its own question through its own UDP sockets, once a second: what <c>/health</c> goes by.</summary>
/// <remarks>
/// A process whose workers are stuck still answers HTTP, so HTTP alone says nothing. Each round comes from a new port and
/// so reaches any worker; that each of them turns is looked at besides. Real time, not the test clock: what is
/// watched is whether threads run. No upstream is asked and no question of this kind is counted or logged.
/// </remarks>
internal sealed class DataPlaneCheck(UdpWorker[] workers, HealthCounters counters) : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    /// <summary>Without an answer for this long an address is not answering.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly long[] _turns = new long[workers.Length];
    private readonly long[] _turnedAt = new long[workers.Length];
    private Dictionary<IPEndPoint, long> _answeredAt = [];
    private Dictionary<IPEndPoint, ZoneTable> _tables = [];
    private bool _isRunning;

    /// <summary>Told after each round whether all is well.</summary>
    public Action<bool>? Checked { get; set; }

    /// <summary>What does not answer: listen addresses and workers; empty when all is well.</summary>
    public IReadOnlyList<string> Missing()
    {
        lock (_gate)
        {
            if (!_isRunning)
            {
                return [];
            }

            IEnumerable<string> silent = _answeredAt
                .Where(one => Stopwatch.GetElapsedTime(one.Value) > s_patience)
                .Select(one => $"no answer from {one.Key}");
            IEnumerable<string> stuck = Enumerable.Range(0, workers.Length)
                .Where(worker => Stopwatch.GetElapsedTime(_turnedAt[worker]) > s_patience)
                .Select(worker => $"worker {worker} is stuck");
            return [.. silent, .. stuck];
        }
    }

    /// <summary>Follows the addresses of the plan in force; begins to ask once somebody wants to know.</summary>
    public void Watch(ServingPlan plan, bool isWanted)
    {
        lock (_gate)
        {
            long now = Stopwatch.GetTimestamp();
            Dictionary<IPEndPoint, long> before = _answeredAt;
            _tables = plan.Listeners.ToDictionary();
            _answeredAt = _tables.Keys.ToDictionary(one => one, one => before.GetValueOrDefault(one, now));
            if (isWanted && !_isRunning)
            {
                _isRunning = true;
                Array.Fill(_turnedAt, now);
                _ = CheckLoop();
            }
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    /// <summary>
    /// A question that the zone answers by itself; where filters or rewriting might keep it from that, an operation that
    /// no server implements, whose answer is always NOTIMP.
    /// </summary>
    private static byte[] QuestionFor(ZoneTable table, ushort id)
    {
        byte[] query = new byte[64];
        QueryWriter.TryWrite(
            query, id, 0, SpecialNames.HealthQuestion, RecordType.A, RecordClass.IN, edns: false, dnssecOk: false, 0,
            out int length);
        ZonePlan? zone = table.Match(
            SpecialNames.HealthQuestion, DomainName.CountLabels(SpecialNames.HealthQuestion), RecordType.A);
        if (zone is not { Filters: null, Rewrites: null })
        {
            const int Status = 2;
            query[2] |= Status << 3;
        }

        return query[..length];
    }

    private async Task CheckLoop()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                KeyValuePair<IPEndPoint, ZoneTable>[] tables;
                lock (_gate)
                {
                    tables = [.. _tables];
                }

                LookAtWorkers();
                await Task.WhenAll(tables.Select(one => Ask(one.Key, one.Value))).ConfigureAwait(false);
                Checked?.Invoke(Missing().Count == 0);
                await Task.Delay(s_interval, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException)
        {
            // The server stops.
        }
    }

    private void LookAtWorkers()
    {
        for (int i = 0; i < workers.Length; i++)
        {
            if (workers[i].Turns is var turns && turns != _turns[i])
            {
                _turns[i] = turns;
                Volatile.Write(ref _turnedAt[i], Stopwatch.GetTimestamp());
            }

            // An idle worker sleeps for as long as it likes; this turns it once.
            workers[i].Inbox.Wake();
        }
    }

    private async Task Ask(IPEndPoint endPoint, ZoneTable table)
    {
        ushort id = (ushort)KernelRandom.NextUInt64();
        byte[] answer = new byte[512];
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        timeout.CancelAfter(s_interval);
        long began = Stopwatch.GetTimestamp();
        try
        {
            using Socket socket = new(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            await socket.ConnectAsync(ListenerSet.Reachable(endPoint), timeout.Token).ConfigureAwait(false);
            await socket.SendAsync(QuestionFor(table, id), timeout.Token).ConfigureAwait(false);
            int length;
            do
            {
                length = await socket.ReceiveAsync(answer, timeout.Token).ConfigureAwait(false);
            }
            while (length < WireLimits.HeaderLength || MessageHeader.GetId(answer) != id);

            counters.CountAnswer(Stopwatch.GetElapsedTime(began));
            lock (_gate)
            {
                if (_answeredAt.ContainsKey(endPoint))
                {
                    _answeredAt[endPoint] = Stopwatch.GetTimestamp();
                }
            }
        }
        catch (Exception silent) when (silent is SocketException or OperationCanceledException)
        {
            if (!_stop.IsCancellationRequested)
            {
                counters.CountFailure();
            }
        }
    }
}
