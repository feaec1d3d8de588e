namespace NodeDns.Cache;

/// <summary>Every bound of the answer cache in one place.</summary>
internal static class CacheLimits
{
    /// <summary>Default byte budget: some 100,000 answers of usual size.</summary>
    public const long DefaultBudgetBytes = 32L << 20;

    /// <summary>Below this the rings could not hold one answer of the largest size.</summary>
    public const long MinBudgetBytes = 2L << 20;

    public const long MaxBudgetBytes = 16L << 30;

    /// <summary>A bucket is eight words, one cache line: so a lookup touches one line of the index.</summary>
    public const int WordsPerBucket = 8;

    /// <summary>Seven of them are slots; the eighth holds their used-marks, one byte each.</summary>
    public const int SlotsPerBucket = 7;

    /// <summary>Bytes of ring per index slot. The smallest answers take some 130 bytes; most take 150 to 400.</summary>
    public const int BytesPerSlot = 192;

    /// <summary>Entries begin on a cache line: the header is one line, a usual answer the next one or two.</summary>
    public const int EntryAlignment = 64;

    /// <summary>Share of a shard that new names pass through before they have proven to be asked again.</summary>
    public const int ProbationDivisor = 8;

    /// <summary>How many hot entries one insertion may move to the head of the main ring before it evicts regardless.</summary>
    public const int MaxReinsertions = 16;

    /// <summary>Slots looked at to find a victim of a zone that is over its own capacity.</summary>
    public const int CapacityScanSlots = 256;

    /// <summary>A reader that lost the race against a writer this often takes the miss path instead.</summary>
    public const int MaxReadAttempts = 4;

    /// <summary>Names per record table in one entry; a message with more records is answered but not stored.</summary>
    public const int MaxRecords = 4096;

    /// <summary>RFC 8767 §4: a TTL above seven days is capped.</summary>
    public const uint MaxTtlSeconds = 7 * 24 * 3600;

    /// <summary>A first failure is kept for this long: RFC 9520 §3.2's example, and CoreDNS's default.</summary>
    public const uint FirstFailureSeconds = 5;

    /// <summary>RFC 9520 §3.2: none is kept longer than five minutes, whatever the Corefile says.</summary>
    public const long MaxFailureMilliseconds = 300_000;

    /// <summary>
    /// Where the Corefile names no longest time: one query per half minute and name is no load, and a name that is put
    /// right is back within it.
    /// </summary>
    public const long DefaultFailureMilliseconds = 30_000;

    /// <summary>Doublings of the first time: 320 s, above the longest.</summary>
    public const int MaxFailureLevel = 6;

    /// <summary>A question that did not fail for this long after its last failure expired begins anew.</summary>
    public const uint FailureMemorySeconds = 300;

    /// <summary>Largest entry: header, message and a TTL table.</summary>
    public const int MaxEntryBytes = 64 + 65535 + (MaxRecords * 2) + EntryAlignment;
}
