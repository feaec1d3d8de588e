using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using NodeDns.TestKit;
using NodeDns.Top;
using Xunit;

namespace NodeDns.Tests.Top;

public sealed class SpaceSavingTests
{
    [Fact]
    public void Add_FewKeys_CountsExactly()
    {
        SpaceSaving sketch = new();
        for (int i = 0; i < 100; i++)
        {
            Add(sketch, $"k{i % 7}");
        }

        Dictionary<string, (uint Count, uint Error)> found = All(sketch);
        Assert.Equal(7, found.Count);
        Assert.Equal((15u, 0u), found["k0"]);
        Assert.Equal((14u, 0u), found["k6"]);
    }

    [Fact]
    public void Add_AFloodOfNewKeys_KeepsTheFrequentOnesWithinTheirError()
    {
        SpaceSaving sketch = new();
        const int Rounds = 20_000;
        for (int i = 0; i < Rounds; i++)
        {
            Add(sketch, $"once{i}");
            if (i % 20 == 0)
            {
                Add(sketch, $"often{i / 20 % 5}");
            }
        }

        Dictionary<string, (uint Count, uint Error)> found = All(sketch);
        Assert.Equal(TopLimits.Entries, found.Count);
        for (int i = 0; i < 5; i++)
        {
            (uint count, uint error) = found[$"often{i}"];
            Assert.True(count >= 200, $"often{i}: {count}");
            Assert.True(count - error <= 200, $"often{i}: {count} - {error}");
        }

        Assert.Equal(Rounds + 1000, found.Values.Sum(one => (long)one.Count));
    }

    [Fact]
    public void Halve_ThenNewKeys_TakeThePlacesOfTheForgotten()
    {
        SpaceSaving sketch = new();
        for (int i = 0; i < TopLimits.Entries; i++)
        {
            Add(sketch, $"old{i}");
        }

        sketch.Halve();
        Add(sketch, "new");

        Assert.Equal((1u, 0u), All(sketch)["new"]);
        Assert.Equal(TopLimits.Entries, sketch.Count);
    }

    [Fact]
    public void Add_ToAFullSketch_AllocatesNothing()
    {
        SpaceSaving sketch = new();
        byte[][] keys = [.. Enumerable.Range(0, 1000).Select(i => Encoding.ASCII.GetBytes($"key{i}"))];
        Array.ForEach(keys, key => sketch.Add(key, (uint)key.Length));
        Assert.Equal(0, Allocation.Least(() =>
        {
            for (uint i = 0; i < 100; i++)
            {
                sketch.Add(keys[i], i);
            }
        }));
    }

    private static void Add(SpaceSaving sketch, string key) =>
        sketch.Add(Encoding.ASCII.GetBytes(key), (uint)key.GetHashCode(StringComparison.Ordinal));

    private static Dictionary<string, (uint Count, uint Error)> All(SpaceSaving sketch)
    {
        Dictionary<string, (uint, uint)> found = [];
        for (int place = 0; place < sketch.Count; place++)
        {
            string key = Encoding.ASCII.GetString(sketch.Read(place, out uint count, out uint error));
            found.Add(key, (count, error));
        }

        return found;
    }
}
