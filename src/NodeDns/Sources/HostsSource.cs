using System;
using System.Threading;
using NodeDns.Config;
using NodeDns.Filters;
using NodeDns.Logging;
using NodeDns.Wire;

namespace NodeDns.Sources;

/// <summary>The hosts directive: A, AAAA and PTR answers from a file and from lines in the Corefile.</summary>
/// <remarks>
/// Workers read one reference to an immutable table; <see cref="RefreshIfDue"/> is called by one control-plane thread
/// and swaps it. As in CoreDNS a name that exists with another type gives NODATA without an SOA, and a name that
/// does not exist gives SERVFAIL, not NXDOMAIN, unless it may fall through.
/// </remarks>
internal sealed class HostsSource
{
    private readonly HostsConfig _config;
    private readonly Log _log;
    private readonly byte[][] _zones;
    private readonly byte[][] _fallthrough;
    private HostsTable _table;
    private HostsFile.Stamp? _stamp;
    private long _nextLook;
    private double _readAt;

    private HostsSource(HostsConfig config, Log log)
    {
        _config = config;
        _log = log;
        _zones = WireName.Of(config.Zones);
        _fallthrough = WireName.Of(config.Fallthrough);
        _table = new HostsTable.Builder(withReverse: false).Build();
    }

    /// <summary>Pairs of address and name in the table.</summary>
    public int Entries => Volatile.Read(ref _table).Entries;

    /// <summary>When the file was read last, in seconds since 1970; 0 for never.</summary>
    public double ReadAt => Volatile.Read(ref _readAt);

    /// <summary>Reads the file if there is one; a file that appears later is found by <see cref="RefreshIfDue"/>.</summary>
    public static HostsSource Compile(HostsConfig config, Log log, long now)
    {
        HostsSource source = new(config, log);
        source._stamp = HostsFile.TryStamp(config.File);
        source.Load();
        source._nextLook = now + (long)config.Reload.TotalMilliseconds;
        return source;
    }

    /// <summary>Looks at the file when its time has come; true when a new table is in force.</summary>
    public bool RefreshIfDue(long now)
    {
        if (_config.Reload <= TimeSpan.Zero || now < _nextLook)
        {
            return false;
        }

        _nextLook = now + (long)_config.Reload.TotalMilliseconds;
        HostsFile.Stamp? stamp = HostsFile.TryStamp(_config.File);
        if (stamp == _stamp)
        {
            return false;
        }

        _stamp = stamp;
        Load();
        return true;
    }

    public SourceVerdict TryAnswer(in QueryContext query, ref ResponseWriter writer, ref SourceResult detail)
    {
        detail = new SourceResult();
        if (query.Class != RecordClass.IN)
        {
            return SourceVerdict.Pass;
        }

        // ORDERING: pairs with the release in Load; the table is complete before it can be seen.
        HostsTable table = Volatile.Read(ref _table);
        if (query.Type == RecordType.PTR)
        {
            // The zones do not count here: nobody lists the reverse zones of a hosts file.
            ReadOnlySpan<byte> pointers = table.Pointers(query.Name);
            if (!pointers.IsEmpty)
            {
                return WritePointers(query, pointers, ref writer);
            }
        }

        if (!WireName.IsInAny(query.Name, _zones))
        {
            return SourceVerdict.Pass;
        }

        if (_config.FallthroughUnsupported && query.Type is not (RecordType.A or RecordType.AAAA or RecordType.PTR))
        {
            return SourceVerdict.Pass;
        }

        int number = table.Find(query.Name);
        if (number >= 0 && query.Type != RecordType.PTR)
        {
            return WriteAddresses(query, table, number, ref writer);
        }

        if (query.Type == RecordType.PTR || WireName.IsInAny(query.Name, _fallthrough))
        {
            return SourceVerdict.Pass;
        }

        detail.Failure = "hosts: no such name and no fallthrough";
        return SourceVerdict.ServFail;
    }

    private SourceVerdict WriteAddresses(in QueryContext query, HostsTable table, int number, ref ResponseWriter writer)
    {
        bool written = LocalAnswer.TryBegin(query, ref writer, ResponseCode.NoError, authoritative: true);
        if (query.Type is RecordType.A or RecordType.AAAA)
        {
            bool v6 = query.Type == RecordType.AAAA;
            int size = v6 ? 16 : 4;
            ReadOnlySpan<byte> addresses = table.Addresses(number, v6);
            for (; written && !addresses.IsEmpty; addresses = addresses[size..])
            {
                written = writer.TryAddAddress(
                    MessageSection.Answer, query.QuestionName, (uint)_config.Ttl, addresses[..size]);
            }
        }

        return written ? SourceVerdict.Answered : SourceVerdict.ServFail;
    }

    private SourceVerdict WritePointers(in QueryContext query, ReadOnlySpan<byte> pointers, ref ResponseWriter writer)
    {
        bool written = LocalAnswer.TryBegin(query, ref writer, ResponseCode.NoError, authoritative: true);
        while (written && !pointers.IsEmpty && DomainName.TrySkip(pointers, 0, out int length))
        {
            written = writer.TryAddName(
                MessageSection.Answer, query.QuestionName, RecordType.PTR, (uint)_config.Ttl, pointers[..length]);
            pointers = pointers[length..];
        }

        return written ? SourceVerdict.Answered : SourceVerdict.ServFail;
    }

    private void Load()
    {
        HostsTable.Builder table = new(withReverse: !_config.NoReverse);
        foreach (HostsEntryConfig entry in _config.Entries)
        {
            foreach (string name in entry.Names)
            {
                byte[] wire = WireName.Of(name);
                if (WireName.IsInAny(wire, _zones))
                {
                    table.Add(entry.Address, wire);
                }
            }
        }

        if (_stamp is not null)
        {
            bool read = HostsFile.TryRead(_config.File, _zones, table, out (int Count, int First) bad, out string error);
            Volatile.Write(ref _readAt, read ? DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0 : _readAt);
            if (!read)
            {
                _log.Warning($"hosts: {_config.File}: {error}");
            }
            else if (bad.Count > 0)
            {
                _log.Warning($"hosts: {_config.File}: {bad.Count} bad lines skipped, the first is line {bad.First}");
            }
        }

        // ORDERING: releases the finished table to the workers.
        Volatile.Write(ref _table, table.Build());
    }
}
