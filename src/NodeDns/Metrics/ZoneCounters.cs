using System;
using NodeDns.Wire;

namespace NodeDns.Metrics;

/// <summary>What one thread counts for one zone at one listen address, as plain cells of one array.</summary>
/// <remarks>
/// Only the owning thread writes; a scrape reads whatever stands there. The first and last cells are padding, so that no
/// two threads' blocks share a cache line.
/// </remarks>
internal sealed class ZoneCounters
{
    private const int PaddingCells = 16;
    private const int Types = 20;
    private const int Rcodes = 14;
    private const int Answerers = 12;
    private const int SizeCells = 16;

    public const int Requests = PaddingCells;
    public const int Responses = Requests + (4 * Types);
    public const int RequestSizes = Responses + (Rcodes * Answerers);
    public const int ReplySizes = RequestSizes + (2 * SizeCells);
    public const int Durations = ReplySizes + (2 * SizeCells);
    public const int DurationSum = Durations + 24;
    public const int Singles = DurationSum + 1;
    public const int Cells = Singles + (int)ZoneCell.Count + PaddingCells;

    private readonly long[] _cells = new long[Cells];
    private int _untimed;

    public ReadOnlySpan<long> All => _cells;

    public long this[ZoneCell cell] => _cells[Singles + (int)cell];

    public static int RequestCell(int proto, int family, int type) => Requests + (((proto * 2) + family) * Types) + type;

    public static int ResponseCell(int rcode, int answerer) => Responses + (rcode * Answerers) + answerer;

    /// <summary>Where the size histogram of a protocol begins: its buckets, then the sum.</summary>
    public static int SizeCell(int sizes, int proto) => sizes + (proto * SizeCells);

    public void Add(ZoneCell cell) => _cells[Singles + (int)cell]++;

    /// <summary>A query that got its reply, and how both look from outside.</summary>
    public void CountReply(in CountedQuery query, ResponseCode rcode, Answerer by, ReadOnlySpan<byte> reply)
    {
        CountQuery(query);
        long[] cells = _cells;
        cells[ResponseCell(LabelValues.RcodeIndex(rcode), (int)by)]++;
        int sizes = SizeCell(ReplySizes, query.Proto);
        cells[sizes + SizeIndex.Of(reply.Length)]++;
        cells[sizes + SizeCells - 1] += reply.Length;
        if ((reply[2] & 2) != 0)
        {
            Add(ZoneCell.Truncated);
        }
    }

    /// <summary>A query, whether it gets a reply or not.</summary>
    public void CountQuery(in CountedQuery query)
    {
        long[] cells = _cells;
        cells[RequestCell(query.Proto, query.Family, LabelValues.TypeIndex(query.Type))]++;
        int sizes = SizeCell(RequestSizes, query.Proto);
        cells[sizes + SizeIndex.Of(query.Length)]++;
        cells[sizes + SizeCells - 1] += query.Length;
        if (query.DnssecOk)
        {
            Add(ZoneCell.DnssecOk);
        }
    }

    /// <summary>A query whose time will be that of its batch; true for the first of the batch.</summary>
    public bool TimeWithBatch() => _untimed++ == 0;

    /// <summary>The batch is sent: all of its queries took this long.</summary>
    public void EndBatch(int bucket, long microseconds)
    {
        _cells[Durations + bucket] += _untimed;
        _cells[DurationSum] += _untimed * microseconds;
        _untimed = 0;
    }

    public void Time(long microseconds)
    {
        _cells[Durations + Buckets.Durations.IndexOf(microseconds)]++;
        _cells[DurationSum] += microseconds;
    }
}
