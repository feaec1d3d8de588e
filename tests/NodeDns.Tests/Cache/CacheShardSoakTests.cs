using System.Threading;
using System.Threading.Tasks;
using NodeDns.Cache;
using Xunit;

namespace NodeDns.Tests.Cache;

/// <summary>Readers against writers on one small cache.</summary>
/// <remarks>Without the second look at the slot in <c>CacheShard.TryGet</c> this fails within its first second.</remarks>
[Trait("Kind", "Soak")]
public sealed class CacheShardSoakTests
{
    [Fact]
    public async Task TryGet_WhileEntriesAreOverwritten_NeverGivesATornAnswer()
    {
        CacheFixture cache = new();
        byte[][] names = new byte[64][];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = CacheFixture.Name($"name{i}.example.");
        }

        using CancellationTokenSource stop = new();
        Task writer = Task.Run(
            () =>
            {
                // 12 KiB bodies lap the 2 MiB ring every 150 stores, so readers constantly meet memory in change.
                for (int i = 0; !stop.IsCancellationRequested; i++)
                {
                    cache.Store(names[i % names.Length], (byte)(1 + (i % 250)), body: 12_000);
                }
            });

        (long hits, long torn) = Read(cache.Cache, names, enough: 200_000);
        await stop.CancelAsync();
        await writer;

        Assert.Equal(0, torn);
        Assert.True(hits >= 200_000, $"only {hits} hits: the test did not test");
    }

    private static (long Hits, long Torn) Read(AnswerCache cache, byte[][] names, long enough)
    {
        byte[] message = new byte[65535];
        long hits = 0;
        long torn = 0;
        for (int i = 0; hits < enough && i < 200_000_000; i++)
        {
            byte[] name = names[i * 7 % names.Length];
            CacheKey key = new(name, Wire.RecordType.A, Wire.RecordClass.IN, 0, 0, cache.Seed);
            if (cache.TryGet(key, CacheFixture.Start, default, message, out CachedAnswer answer) != LookupStatus.Fresh)
            {
                continue;
            }

            hits++;
            System.ReadOnlySpan<byte> body = System.MemoryExtensions.AsSpan(message, 0, answer.Length)[(12 + name.Length + 8)..];
            torn += System.MemoryExtensions.IndexOfAnyExcept(body, body[0]) < 0 ? 0 : 1;
        }

        return (hits, torn);
    }
}
