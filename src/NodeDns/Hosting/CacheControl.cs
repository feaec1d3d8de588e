using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using NodeDns.Cache;
using NodeDns.Config.Values;
using NodeDns.Logging;
using NodeDns.Sources.Records;
using NodeDns.Timing;
using NodeDns.Wire;

namespace NodeDns.Hosting;

/// <summary>The control commands that look into the cache and take things out of it.</summary>
/// <remarks>Reading takes no lock and one entry's memory; taking out holds a shard's gate as long as a store does.</remarks>
internal sealed class CacheControl(AnswerCache cache, Clock clock, Func<ushort, string> zoneOf)
{
    /// <summary>cache list [ZONE]: a line for each entry, up to a bound.</summary>
    public IEnumerable<string> List(string[] words)
    {
        byte[] zone = [0];
        if (words.Length > 1 || (words.Length == 1 && !TryName(words[0], out zone)))
        {
            yield return ControlServer.ErrorPrefix + "expected cache list [ZONE]";
            yield break;
        }

        long now = clock.NowMilliseconds;
        int listed = 0;
        long more = 0;
        foreach (CacheEntry entry in cache.Entries())
        {
            if (!IsVisible(entry, now) || !DomainName.IsSameOrBelow(entry.Name, zone))
            {
                continue;
            }

            if (listed == ControlLimits.ListedEntries)
            {
                more++;
                continue;
            }

            listed++;
            yield return Line(entry, now);
        }

        yield return more == 0
            ? $"{listed} entries"
            : $"{listed} entries shown, {more} more; `nodedns cache list ZONE` narrows down, `nodedns cache dump` prints all";
    }

    /// <summary>cache get NAME [TYPE]: everything stored for a name.</summary>
    public IEnumerable<string> Get(string[] words)
    {
        ushort type = 0;
        if (words.Length is < 1 or > 2 || !TryName(words[0], out byte[] name)
            || (words.Length == 2 && !ProtocolNames.TryGetType(words[1], out type)))
        {
            return [ControlServer.ErrorPrefix + "expected cache get NAME [TYPE]"];
        }

        long now = clock.NowMilliseconds;
        List<string> lines = [];
        foreach (CacheEntry entry in cache.EntriesOf(name))
        {
            if (IsVisible(entry, now) && (type == 0 || entry.Type == RecordType.None || entry.Type == (RecordType)type))
            {
                lines.AddRange(Block(entry, now));
            }
        }

        return lines.Count > 0 ? lines : [ControlServer.ErrorPrefix + $"nothing is cached for {DomainName.ToText(name)}"];
    }

    /// <summary>cache dump: all entries with their records, one at a time.</summary>
    public IEnumerable<string> Dump(string[] words)
    {
        if (words.Length != 0)
        {
            yield return ControlServer.ErrorPrefix + "expected cache dump";
            yield break;
        }

        long now = clock.NowMilliseconds;
        long count = 0;
        foreach (CacheEntry entry in cache.Entries())
        {
            if (IsVisible(entry, now))
            {
                count++;
                foreach (string line in Block(entry, now))
                {
                    yield return line;
                }
            }
        }

        yield return $"; {count} entries";
    }

    public string Flush(string[] words)
    {
        if (words.Length != 1 || !TryName(words[0], out byte[] name))
        {
            return ControlServer.ErrorPrefix + "expected cache flush NAME";
        }

        int flushed = cache.EntriesOf(name).Count(cache.Remove);
        return $"{flushed} entries of {DomainName.ToText(name)} flushed";
    }

    public string FlushZone(string[] words)
    {
        if (words.Length != 1 || !TryName(words[0], out byte[] zone))
        {
            return ControlServer.ErrorPrefix + "expected cache flush-zone ZONE";
        }

        int flushed = 0;
        foreach (CacheEntry entry in cache.Entries())
        {
            flushed += DomainName.IsSameOrBelow(entry.Name, zone) && cache.Remove(entry) ? 1 : 0;
        }

        return $"{flushed} entries of {DomainName.ToText(zone)} and below flushed";
    }

    /// <summary>A name as it is typed, in wire form, folded.</summary>
    public static bool TryName(string text, out byte[] name)
    {
        Span<byte> wire = stackalloc byte[WireLimits.MaxNameLength];
        name = [];
        if (!DomainName.TryParse(text, wire, out int length))
        {
            return false;
        }

        name = new byte[length];
        DomainName.Fold(wire[..length], name);
        return true;
    }

    /// <summary>What no lookup would find any more is not shown.</summary>
    private static bool IsVisible(CacheEntry entry, long now) => now < Math.Max(entry.StaleUntil, entry.ExpiresAt);

    private string Line(CacheEntry entry, long now) =>
        $"{DomainName.ToText(entry.Name)}  {TypeText(entry)}  {Description(entry, now)}";

    private IEnumerable<string> Block(CacheEntry entry, long now)
    {
        byte[] message = entry.MessageAt(now, CachePlan.DefaultStaleTtlSeconds);
        return
        [
            $"; {Line(entry, now)}",
            .. MessageText.Records(message, MessageText.QuestionEnd(message))
                .Select(line => line.StartsWith(";;", StringComparison.Ordinal) ? line[1..] : line),
        ];
    }

    private static string TypeText(CacheEntry entry) => entry.Type == RecordType.None ? "any type" : ProtocolText.Of(entry.Type);

    private string Description(CacheEntry entry, long now)
    {
        long left = (entry.ExpiresAt - now + 999) / 1000;
        string life = left > 0
            ? $"{left} of {entry.TtlSeconds} s left"
            : $"stale since {-left} s, kept for {(entry.StaleUntil - now) / 1000} s more";
        string flags = (entry.KeyFlags == CacheKeyFlags.None ? "" : $", {entry.KeyFlags}") + (entry.IsLocal ? ", made here" : "")
            + (entry.IsKept ? ", asked again" : "") + (entry.Hits > 0 ? $", {entry.Hits} hits" : "");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{ProtocolText.Of(entry.Rcode)}, {life}, {entry.Bytes} bytes, zone {zoneOf(entry.Space)}{flags}");
    }
}
