using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using Xunit;
using Xunit.Abstractions;

namespace NodeDns.Wire.Tests.Fuzz;

/// <summary>
/// Seeded mutations of the corpus and of generated messages, three seconds by default. NODEDNS_FUZZ_SECONDS runs it
/// longer, NODEDNS_FUZZ_SEED again; a failure names the seed and the packet.
/// </summary>
public sealed class MutationFuzzTests(ITestOutputHelper output)
{
    private const double DefaultSeconds = 1.5;

    [Fact]
    public void Corpus_Mutated_HoldsTheOracle()
    {
        byte[][] packets = [.. Corpus.Packets.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => p.Value)];
        Run("corpus", random =>
        {
            PacketMutator mutator = new(random, packets);
            return mutator.Next;
        });
    }

    [Fact]
    public void GeneratedMessages_SoundAndMutated_HoldTheOracle() => Run("generated", random =>
    {
        PacketGenerator generator = new(random);
        byte[][] one = new byte[2][];
        PacketMutator mutator = new(random, one);
        return () =>
        {
            one[0] = generator.Next();
            one[1] = generator.Next();
            return random.Next(4) == 0 ? one[0] : mutator.Next();
        };
    });

    private void Run(string what, Func<Random, Func<byte[]>> start)
    {
        int seed = Setting("NODEDNS_FUZZ_SEED") is { } chosen ? (int)chosen : Environment.TickCount;
        double seconds = Setting("NODEDNS_FUZZ_SECONDS") ?? DefaultSeconds;
        output.WriteLine($"{what}: NODEDNS_FUZZ_SEED={seed}");

        Random random = new(seed);
        Func<byte[]> next = start(random);
        Stopwatch clock = Stopwatch.StartNew();
        int count = 0;
        while (clock.Elapsed.TotalSeconds < seconds || count == 0)
        {
            byte[] packet = next();
            Exception? failure = Record.Exception(() => FuzzOracle.Check(packet, random));
            Assert.True(
                failure is null, $"NODEDNS_FUZZ_SEED={seed}, packet {count}: {Packet.Hex(packet)}\n{failure}");
            count++;
        }

        output.WriteLine($"{what}: {count} packets");
    }

    private static double? Setting(string name) =>
        double.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out double value)
            ? value
            : null;
}
