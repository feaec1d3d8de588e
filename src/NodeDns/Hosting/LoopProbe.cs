using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using NodeDns.Linux.Syscalls;
using NodeDns.Logging;
using NodeDns.Metrics;
using NodeDns.Pipeline;
using NodeDns.Wire;

namespace NodeDns.Hosting;

/// <summary>Asks the server itself a question nobody else can ask, to see whether it comes back (<c>loop</c>).</summary>
internal sealed class LoopProbe(Log log, LoopCounters counters) : IDisposable
{
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_intervalWhileLooping = TimeSpan.FromSeconds(30);

    private CancellationTokenSource _current = new();

    /// <summary>Probes the zones of a plan now and from time to time, in place of those of the plan before.</summary>
    public void Watch(ServingPlan plan)
    {
        _current.Cancel();
        _current.Dispose();
        _current = new CancellationTokenSource();
        foreach ((IPEndPoint endPoint, ZoneTable table) in plan.Listeners)
        {
            foreach (ZonePlan zone in table.Zones)
            {
                if (zone.Loop is { } guard)
                {
                    _ = ProbeLoop(endPoint, zone, guard, _current.Token);
                }
            }
        }
    }

    public void Dispose()
    {
        _current.Cancel();
        _current.Dispose();
    }

    private async Task ProbeLoop(IPEndPoint endPoint, ZonePlan zone, LoopGuard guard, CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                byte[] name = ProbeName(zone.Name);
                guard.Begin(name);
                await Ask(ListenerSet.Reachable(endPoint), name, stop).ConfigureAwait(false);
                await Task.Delay(s_wait, stop).ConfigureAwait(false);
                if (guard.End())
                {
                    Say(zone, guard.IsLooping);
                }

                await Task.Delay(guard.IsLooping ? s_intervalWhileLooping : s_interval, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // A reload brought other zones, or the server stops.
        }
    }

    private void Say(ZonePlan zone, bool isLooping)
    {
        if (isLooping)
        {
            Interlocked.Increment(ref counters.Detected);
            log.Error(
                $"loop: queries for {zone.Text} that are forwarded come back to this server; its upstream points here. "
                + "Names of the zone that are not cached get SERVFAIL until that is put right");
        }
        else
        {
            log.Info($"loop: forwarded queries for {zone.Text} do not come back any more");
        }
    }

    private static byte[] ProbeName(byte[] zone)
    {
        List<byte> name = [];
        for (int label = 0; label < 2; label++)
        {
            name.Add(16);
            name.AddRange(System.Text.Encoding.ASCII.GetBytes(KernelRandom.NextUInt64().ToString("x16", CultureInfo.InvariantCulture)));
        }

        name.AddRange(zone);
        return name.Count <= WireLimits.MaxNameLength ? [.. name] : zone;
    }

    private static async Task Ask(IPEndPoint server, byte[] name, CancellationToken stop)
    {
        byte[] query = new byte[512];
        QueryWriter.TryWrite(
            query, (ushort)KernelRandom.NextUInt64(), HeaderFlags.RecursionDesired, name, RecordType.HINFO,
            RecordClass.IN, edns: false, dnssecOk: false, udpPayloadSize: 0, out int length);
        using Socket socket = new(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            await socket.SendToAsync(query.AsMemory(0, length), SocketFlags.None, server, stop).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            // Nothing listens yet; the next probe will tell.
        }
    }
}
