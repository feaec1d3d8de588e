using System;
using System.Numerics;
using NodeDns.Cache;
using NodeDns.Linux.Sockets;
using NodeDns.Linux.Syscalls;
using NodeDns.Wire;

namespace NodeDns.Top;

/// <summary>What one worker counts while somebody looks: names, clients, and how long answers take.</summary>
/// <remarks>Its gate is taken once per batch by its worker and once per look by the viewer, who copies out a few kilobytes.</remarks>
internal sealed class TopSketch
{
    /// <summary>Of this process, so that nobody can aim names at one chain.</summary>
    private static readonly ulong s_seed = KernelRandom.NextUInt64();

    private readonly SpaceSaving _names = new();
    private readonly SpaceSaving _clients = new();
    private readonly long[] _here = new long[TopLimits.LatencyBuckets];
    private readonly long[] _waited = new long[TopLimits.LatencyBuckets];
    private SpinGate _gate;
    private long _total;

    /// <summary>Counts a batch of queries that have just come.</summary>
    public void Add(ReceiveBatch queries)
    {
        _gate.Enter();
        for (int i = 0; i < queries.Count; i++)
        {
            Count(queries.Datagram(i), queries.Source(i));
        }

        _gate.Exit();
    }

    public void Add(ReadOnlySpan<byte> query, in PeerAddress client)
    {
        _gate.Enter();
        Count(query, client);
        _gate.Exit();
    }

    /// <summary>So many queries were answered, or sent on, this long after they came.</summary>
    public void AddLatency(TimeSpan time, int queries, bool hasWaited)
    {
        long[] buckets = hasWaited ? _waited : _here;
        int bucket = Math.Min(64 - BitOperations.LeadingZeroCount((ulong)Math.Max(time.Ticks * 100, 1)), TopLimits.LatencyBuckets - 1);
        _gate.Enter();
        buckets[bucket] += queries;
        _gate.Exit();
    }

    /// <summary>Adds what is counted to a report.</summary>
    public void CopyTo(TopReport report)
    {
        _gate.Enter();
        report.Total += _total;
        for (int i = 0; i < TopLimits.LatencyBuckets; i++)
        {
            report.Here[i] += _here[i];
            report.Waited[i] += _waited[i];
        }

        for (int place = 0; place < _names.Count; place++)
        {
            ReadOnlySpan<byte> key = _names.Read(place, out uint count, out uint error);
            report.AddName(key, count, error);
        }

        for (int place = 0; place < _clients.Count; place++)
        {
            ReadOnlySpan<byte> key = _clients.Read(place, out uint count, out uint error);
            report.AddClient(key, count, error);
        }

        _gate.Exit();
    }

    public void Halve()
    {
        _gate.Enter();
        _names.Halve();
        _clients.Halve();
        _total >>= 1;
        for (int i = 0; i < TopLimits.LatencyBuckets; i++)
        {
            _here[i] >>= 1;
            _waited[i] >>= 1;
        }

        _gate.Exit();
    }

    /// <summary>What is no query is counted for its client alone.</summary>
    private void Count(ReadOnlySpan<byte> query, in PeerAddress client)
    {
        _total++;
        ReadOnlySpan<byte> address = client.AddressBytes;
        _clients.Add(address, (uint)HashOf(address));
        Span<byte> folded = stackalloc byte[WireLimits.MaxNameLength];
        if (query.Length < WireLimits.HeaderLength
            || !DomainName.TrySkip(query, WireLimits.HeaderLength, out int end)
            || end - WireLimits.HeaderLength > WireLimits.MaxNameLength)
        {
            return;
        }

        ReadOnlySpan<byte> name = query[WireLimits.HeaderLength..end];
        folded = folded[..name.Length];
        DomainName.Fold(name, folded);
        _names.Add(folded, (uint)HashOf(folded));
    }

    private static ulong HashOf(ReadOnlySpan<byte> bytes) => DomainName.Hash(bytes, s_seed);
}
