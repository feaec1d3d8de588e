using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using NodeDns.Cache;
using NodeDns.Linux.Syscalls;
using NodeDns.Pipeline;
using NodeDns.Upstreams;
using NodeDns.Wire;

namespace NodeDns.Hosting;

/// <summary>The server's half of <c>nodedns selftest</c>: what is to be asked where, and two answers put into the cache for it.</summary>
/// <remarks>
/// A hit and a large answer cannot be had from any upstream with certainty, so the server plants both under a name that
/// nobody else can know, for a minute. Everything else is asked as clients ask it.
/// </remarks>
internal sealed class SelfTestPlan(PipelineContext shared)
{
    private const uint TtlSeconds = 60;
    private const int LargeStrings = 12;
    private const int LargeStringBytes = 250;

    /// <summary>Under this a name that is asked in the root zone is nobody's (RFC 6761 §6.4).</summary>
    private const string NobodysZone = "invalid.";

    /// <summary>A line for each listener, then the upstreams and the node.</summary>
    public IEnumerable<string> Begin(
        IReadOnlyDictionary<IPEndPoint, ZoneTable> listeners, IEnumerable<UpstreamState> upstreams, string interception,
        IEnumerable<string> missing)
    {
        string token = KernelRandom.NextUInt64().ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
        foreach ((IPEndPoint endPoint, ZoneTable zones) in listeners.OrderBy(one => one.Key.ToString(), StringComparer.Ordinal))
        {
            // The zone that most questions end in: the root's, or the shortest there is.
            ZonePlan? zone = zones.Zones.OrderByDescending(one => one.CacheRules is not null && one.Forwarding.Length > 0)
                .ThenBy(one => one.Name.Length).FirstOrDefault();
            if (zone is null)
            {
                continue;
            }

            string suffix = zone.Text == "." ? NobodysZone : zone.Text;
            string planted = $"nodedns-selftest-{token}.{suffix}";
            bool isPlanted = TryPlant(zone, planted);
            string miss = zone.Forwarding.Length == 0 ? "-" : zone.Text == "." ? $"nodedns-selftest-{token}." : $"miss-{token}.{zone.Text}";
            yield return $"ask {endPoint} {zone.Text} {(isPlanted ? planted : "-")} {miss} nx-{token}.{suffix}";
        }

        foreach (UpstreamState upstream in upstreams.OrderBy(one => one.Index))
        {
            yield return $"upstream {UpstreamsText.StatusOf(upstream)} {upstream.Text}";
        }

        yield return $"interception {interception}";
        foreach (string line in missing)
        {
            yield return $"missing {line}";
        }
    }

    private bool TryPlant(ZonePlan zone, string text)
    {
        byte[] entry = new byte[CacheLimits.MaxEntryBytes];
        return zone.CacheRules is { } rules && CacheControl.TryName(text, out byte[] name) && rules.Covers(name)
            && TryStore(zone, name, RecordType.A, entry) && TryStore(zone, name, RecordType.TXT, entry);
    }

    private bool TryStore(ZonePlan zone, byte[] name, RecordType type, byte[] entry)
    {
        byte[] message = new byte[WireLimits.MaxMessageLength];
        ResponseWriter writer = new(message);
        if (!writer.TryBegin(
            0, (ushort)(HeaderFlags.Response | HeaderFlags.RecursionAvailable), name, type, RecordClass.IN))
        {
            return false;
        }

        bool isWritten = type == RecordType.A
            ? writer.TryAddAddress(MessageSection.Answer, name, TtlSeconds, IPAddress.Loopback.GetAddressBytes())
            : TryAddText(ref writer, name);
        CacheKey key = new(name, type, RecordClass.IN, CacheKeyFlags.None, zone.Space, shared.Cache.Seed);
        if (!isWritten
            || ResponseView.TryParse(writer.Message, name, type, RecordClass.IN, out ResponseView response) != ResponseStatus.Ok
            || !EntryWriter.TryWrite(entry, key, response, CopyOptions.None, isLocal: true, out int length))
        {
            return false;
        }

        long now = shared.Clock.NowMilliseconds;
        EntryWriter.SetExpiry(entry, AnswerKind.Success, EntryFlags.None, TtlSeconds, now, staleWindowMilliseconds: 0);
        return shared.Cache.Store(entry.AsSpan(0, length), type, now);
    }

    private static bool TryAddText(ref ResponseWriter writer, byte[] name)
    {
        byte[] data = new byte[LargeStrings * (LargeStringBytes + 1)];
        Array.Fill(data, (byte)'x');
        for (int i = 0; i < LargeStrings; i++)
        {
            data[i * (LargeStringBytes + 1)] = LargeStringBytes;
        }

        return writer.TryAddRecord(MessageSection.Answer, name, RecordType.TXT, RecordClass.IN, TtlSeconds, data);
    }
}
