using NodeDns.Cache;
using NodeDns.TestKit;
using NodeDns.Wire;
using Xunit;

namespace NodeDns.Tests.Cache;

public sealed class AnswerCacheTests
{
    private static readonly byte[] s_name = CacheFixture.Name("www.example.");

    [Fact]
    public void TryGet_StoredAnswer_CountsItsTtlDownInWholeSeconds()
    {
        CacheFixture cache = new();
        cache.Store(s_name, 7, ttl: 10);

        Assert.Equal(LookupStatus.Fresh, cache.Get(s_name, out _, CacheFixture.Start + 5000));
        Assert.Equal(5u, cache.ShownTtl(s_name));
        Assert.Equal(LookupStatus.Fresh, cache.Get(s_name, out _, CacheFixture.Start + 9999));
        Assert.Equal(1u, cache.ShownTtl(s_name));
        Assert.Equal(LookupStatus.Miss, cache.Get(s_name, out _, CacheFixture.Start + 10_000));
    }

    [Fact]
    public void TryGet_PastItsTtl_IsStaleUntilTheWindowEnds()
    {
        CacheFixture cache = new();
        cache.Store(s_name, 7, ttl: 10, staleWindow: 60_000);

        Assert.Equal(LookupStatus.Stale, cache.Get(s_name, out CachedAnswer answer, CacheFixture.Start + 10_000));
        Assert.True(answer.IsStale);
        Assert.Equal(30u, cache.ShownTtl(s_name));
        Assert.Equal(LookupStatus.Miss, cache.Get(s_name, out _, CacheFixture.Start + 70_000));
    }

    [Theory]
    [InlineData(RecordType.AAAA, 0, 0)]
    [InlineData(RecordType.A, (byte)CacheKeyFlags.DnssecOk, 0)]
    [InlineData(RecordType.A, (byte)CacheKeyFlags.CheckingDisabled, 0)]
    [InlineData(RecordType.A, 0, 1)]
    public void TryGet_OtherTypeVariantOrZone_Misses(RecordType type, byte flags, ushort space)
    {
        CacheFixture cache = new();
        cache.Store(s_name, 7);

        Assert.Equal(
            LookupStatus.Miss, cache.Get(s_name, out _, type: type, keyFlags: (CacheKeyFlags)flags, space: space));
    }

    [Fact]
    [Trait("Statement", "2.1 hash collision")]
    public void TryGet_NameWithTheSameHash_Misses()
    {
        CacheFixture cache = new();
        CacheKey victim = cache.Key(s_name);
        CacheKey attacker = CacheKey.FromHash(
            CacheFixture.Name("evil.example."), victim.NameHash, victim.Type, victim.Class, victim.Flags, victim.Space);
        byte[] entry = CacheFixture.Entry(attacker, 66, 60, 64);
        EntryWriter.SetExpiry(entry, AnswerKind.Success, 0, 60, CacheFixture.Start, staleWindowMilliseconds: 0);
        cache.Cache.Store(entry, RecordType.A, CacheFixture.Start);

        Assert.Equal(LookupStatus.Miss, cache.Get(s_name, out _));
        cache.Store(s_name, 7);
        Assert.Equal(LookupStatus.Fresh, cache.Get(s_name, out CachedAnswer answer));
        Assert.Equal(7, cache.Mark(answer));
    }

    [Fact]
    public void TryGet_NxDomain_AnswersEveryType()
    {
        CacheFixture cache = new();
        cache.Store(s_name, 9, kind: AnswerKind.Denial, flags: EntryFlags.AllTypes);

        Assert.Equal(LookupStatus.Fresh, cache.Get(s_name, out CachedAnswer answer, type: RecordType.MX));
        Assert.Equal(AnswerKind.Denial, answer.Kind);
    }

    [Fact]
    public void Store_PositiveAnswer_RemovesTheNxDomainOfItsName()
    {
        CacheFixture cache = new();
        cache.Store(s_name, 9, kind: AnswerKind.Denial, flags: EntryFlags.AllTypes, staleWindow: 60_000);
        cache.Store(s_name, 7);

        Assert.Equal(LookupStatus.Fresh, cache.Get(s_name, out CachedAnswer answer));
        Assert.Equal(7, cache.Mark(answer));
        Assert.Equal(LookupStatus.Miss, cache.Get(s_name, out _, type: RecordType.MX));
    }

    [Fact]
    public void Store_NxDomain_RemovesStaleTypesOfItsName()
    {
        CacheFixture cache = new();
        cache.Store(s_name, 7, ttl: 10, staleWindow: 3_600_000, type: RecordType.AAAA);
        long later = CacheFixture.Start + 20_000;
        cache.Store(s_name, 9, later, kind: AnswerKind.Denial, flags: EntryFlags.AllTypes, ttl: 5, staleWindow: 60_000);

        cache.Get(s_name, out CachedAnswer answer, later + 10_000, RecordType.AAAA);
        Assert.Equal(AnswerKind.Denial, answer.Kind);
    }

    [Fact]
    public void Store_SameQuestionAgain_ReplacesTheAnswer()
    {
        CacheFixture cache = new();
        cache.Store(s_name, 1);
        cache.Store(s_name, 2, body: 200);

        cache.Get(s_name, out CachedAnswer answer);
        Assert.Equal(2, cache.Mark(answer));
        Assert.Equal(1, cache.Cache.Occupancy.Entries(0, AnswerKind.Success));
    }

    [Fact]
    public void TryGet_LongerThanTheRoom_GivesHeaderAndQuestion()
    {
        CacheFixture cache = new();
        cache.Store(s_name, 1, body: 3000);
        byte[] room = new byte[512];

        Assert.Equal(
            LookupStatus.Fresh,
            cache.Cache.TryGet(cache.Key(s_name), CacheFixture.Start, default, room, out CachedAnswer answer));
        Assert.True(answer.IsOversized);
        Assert.Equal(12 + s_name.Length + 4, answer.Length);
    }

    [Fact]
    public void Store_ManyTimesTheBudget_KeepsTheHotSet()
    {
        CacheFixture cache = new();
        byte[][] hot = new byte[500][];
        for (int i = 0; i < hot.Length; i++)
        {
            hot[i] = CacheFixture.Name($"hot{i}.example.");
            cache.Store(hot[i], 1, ttl: 3600);
            cache.Get(hot[i], out _);
        }

        // 200,000 names that nobody asks for again are ten times what fits; the hot ones are asked now and then.
        for (int i = 0; i < 200_000; i++)
        {
            cache.Store(CacheFixture.Name($"flood{i}.example."), 2, ttl: 3600);
            if (i % 20 == 0)
            {
                cache.Get(hot[i / 20 % hot.Length], out _);
            }
        }

        int kept = 0;
        foreach (byte[] name in hot)
        {
            kept += cache.Get(name, out _) == LookupStatus.Fresh ? 1 : 0;
        }

        Assert.True(kept >= hot.Length * 99 / 100, $"only {kept} of {hot.Length} hot names survived the flood");
    }

    [Fact]
    public void Store_UpToTheBudget_EvictsNothing()
    {
        // 192 bytes each: three quarters of the budget, six times what new names have to themselves.
        const int Names = (8 << 20) / 192 * 3 / 4;
        CacheFixture cache = new(8 << 20);
        for (int i = 0; i < Names; i++)
        {
            cache.Store(CacheFixture.Name($"n{i}.example."), 1);
        }

        int kept = 0;
        for (int i = 0; i < Names; i++)
        {
            kept += cache.Get(CacheFixture.Name($"n{i}.example."), out _) == LookupStatus.Fresh ? 1 : 0;
        }

        // Four of a bucket's seven places are taken on average; by chance (Poisson) 2 of 100 names find theirs full.
        Assert.True(kept >= Names * 97 / 100, $"only {kept} of {Names} names were kept");
    }

    [Fact]
    public void Store_ZoneOverItsCapacity_EvictsFromThatZoneOnly()
    {
        CacheFixture cache = new(8 << 20);
        cache.Cache.Occupancy.SetCapacity(1, success: 100, denial: 100);
        cache.Store(s_name, 5, space: 2);
        for (int i = 0; i < 1000; i++)
        {
            cache.Store(CacheFixture.Name($"n{i}.example."), 1, space: 1);
        }

        Assert.Equal(LookupStatus.Fresh, cache.Get(s_name, out _, space: 2));

        // A share, not a wall: a victim is looked for in a bounded number of places.
        Assert.InRange(cache.Cache.Occupancy.Entries(1, AnswerKind.Success), 50, 1000);
    }

    [Fact]
    public void TryGet_Hit_AllocatesNothing()
    {
        CacheFixture cache = new();
        cache.Store(s_name, 1);
        cache.Get(s_name, out _);

        Assert.Equal(0, Allocation.Least(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                cache.Get(s_name, out _);
            }
        }));
    }

    [Fact]
    public void Store_Overwrite_AllocatesNothing()
    {
        CacheFixture cache = new();
        byte[] entry = CacheFixture.Entry(cache.Key(s_name), 1, 60, 64);
        EntryWriter.SetExpiry(entry, AnswerKind.Success, 0, 60, CacheFixture.Start, 0);
        cache.Cache.Store(entry, RecordType.A, CacheFixture.Start);

        Assert.Equal(0, Allocation.Least(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                cache.Cache.Store(entry, RecordType.A, CacheFixture.Start);
            }
        }));
    }
}
