using System;
using System.Collections.Generic;
using System.Numerics;
using NodeDns.Linux.Syscalls;
using NodeDns.Wire;

namespace NodeDns.Filters;

/// <summary>Numbers a fixed set of names in wire form: from a folded name to its number, or −1.</summary>
/// <remarks>
/// Immutable and flat: the names lie behind each other in one array, so a million of them are three objects for the
/// GC. Open addressing at half load; the hash is seeded, so nobody outside can aim at one slot.
/// </remarks>
internal sealed class NameIndex
{
    public static readonly NameIndex Empty = new Builder().Build();

    private readonly byte[] _names;
    private readonly int[] _starts;
    private readonly int[] _slots;
    private readonly ulong _seed;
    private readonly bool[] _labelCounts;

    private NameIndex(byte[] names, int[] starts, int[] slots, ulong seed, bool[] labelCounts)
    {
        _names = names;
        _starts = starts;
        _slots = slots;
        _seed = seed;
        _labelCounts = labelCounts;
    }

    public int Count => _starts.Length - 1;

    public ReadOnlySpan<byte> this[int number] => _names.AsSpan(_starts[number].._starts[number + 1]);

    public int Find(ReadOnlySpan<byte> foldedName)
    {
        int mask = _slots.Length - 1;
        for (int slot = (int)DomainName.Hash(foldedName, _seed) & mask; ; slot = (slot + 1) & mask)
        {
            int number = _slots[slot] - 1;
            if (number < 0 || foldedName.SequenceEqual(this[number]))
            {
                return number;
            }
        }
    }

    /// <summary>Looks for the name and everything it is below, the longest first; the suffix begins at the offset.</summary>
    public int FindSuffix(ReadOnlySpan<byte> foldedName, out int offset)
    {
        offset = 0;
        int labels = DomainName.CountLabels(foldedName);
        while (true)
        {
            // Only lengths that occur in the set are worth a hash: it bounds what a name of 127 labels can cost.
            int number = _labelCounts[labels] ? Find(foldedName[offset..]) : -1;
            if (number >= 0 || labels == 0)
            {
                return number;
            }

            offset += foldedName[offset] + 1;
            labels--;
        }
    }

    /// <summary>Collects names once each, in the order of their first appearance.</summary>
    internal sealed class Builder
    {
        private readonly Dictionary<byte[], int> _numbers = new(NameComparer.Instance);
        private readonly List<byte[]> _names = [];

        public int Count => _names.Count;

        public int Add(byte[] foldedName)
        {
            if (!_numbers.TryGetValue(foldedName, out int number))
            {
                number = _names.Count;
                _numbers.Add(foldedName, number);
                _names.Add(foldedName);
            }

            return number;
        }

        public NameIndex Build()
        {
            int[] starts = new int[_names.Count + 1];
            bool[] labelCounts = new bool[WireLimits.MaxLabels + 1];
            for (int i = 0; i < _names.Count; i++)
            {
                starts[i + 1] = starts[i] + _names[i].Length;
                labelCounts[DomainName.CountLabels(_names[i])] = true;
            }

            byte[] names = new byte[starts[^1]];
            int[] slots = new int[(int)BitOperations.RoundUpToPowerOf2((uint)(_names.Count * 2) + 2)];
            ulong seed = KernelRandom.NextUInt64();
            int mask = slots.Length - 1;
            for (int i = 0; i < _names.Count; i++)
            {
                _names[i].CopyTo(names, starts[i]);
                int slot = (int)DomainName.Hash(_names[i], seed) & mask;
                while (slots[slot] != 0)
                {
                    slot = (slot + 1) & mask;
                }

                slots[slot] = i + 1;
            }

            return new NameIndex(names, starts, slots, seed, labelCounts);
        }
    }

    private sealed class NameComparer : IEqualityComparer<byte[]>
    {
        public static readonly NameComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj)
        {
            HashCode hash = default;
            hash.AddBytes(obj);
            return hash.ToHashCode();
        }
    }
}
