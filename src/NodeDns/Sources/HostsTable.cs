using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using NodeDns.Filters;

namespace NodeDns.Sources;

/// <summary>The names and addresses of a hosts file and of inline lines, ready to be looked up.</summary>
/// <remarks>Immutable and flat, so that block lists of a million lines stay cheap for the GC; swapped whole.</remarks>
internal sealed class HostsTable
{
    /// <summary>More of one name's addresses, or of one address's names, are left out: an answer has its bounds.</summary>
    public const int MaxPerName = 128;

    private readonly NameIndex _names;
    private readonly Lists _v4;
    private readonly Lists _v6;
    private readonly NameIndex _reverse;
    private readonly Lists _pointers;

    private HostsTable(NameIndex names, Lists v4, Lists v6, NameIndex reverse, Lists pointers, int entries)
    {
        _names = names;
        _v4 = v4;
        _v6 = v6;
        _reverse = reverse;
        _pointers = pointers;
        Entries = entries;
    }

    /// <summary>How many pairs of an address and a name there are.</summary>
    public int Entries { get; }

    /// <summary>Number of the name, or of the wildcard one label above it; −1 when there is neither.</summary>
    public int Find(ReadOnlySpan<byte> foldedName)
    {
        int number = _names.Find(foldedName);
        if (number >= 0 || foldedName.Length <= 1)
        {
            return number;
        }

        ReadOnlySpan<byte> parent = foldedName[(foldedName[0] + 1)..];
        Span<byte> wildcard = stackalloc byte[parent.Length + 2];
        wildcard[0] = 1;
        wildcard[1] = (byte)'*';
        parent.CopyTo(wildcard[2..]);
        return _names.Find(wildcard);
    }

    /// <summary>The addresses of a name, behind each other, 4 or 16 bytes each.</summary>
    public ReadOnlySpan<byte> Addresses(int number, bool v6) => v6 ? _v6[number] : _v4[number];

    /// <summary>The names of an address, in wire form behind each other, by its name below in-addr.arpa or ip6.arpa.</summary>
    public ReadOnlySpan<byte> Pointers(ReadOnlySpan<byte> foldedReverseName)
    {
        int number = _reverse.Find(foldedReverseName);
        return number < 0 ? [] : _pointers[number];
    }

    /// <summary>A list of bytes for each of many numbers, in one array.</summary>
    private sealed class Lists
    {
        private readonly byte[] _bytes;
        private readonly int[] _starts;

        public Lists(List<List<byte[]>?> lists)
        {
            _starts = new int[lists.Count + 1];
            for (int i = 0; i < lists.Count; i++)
            {
                _starts[i + 1] = _starts[i] + (lists[i]?.Sum(item => item.Length) ?? 0);
            }

            _bytes = new byte[_starts[^1]];
            int next = 0;
            foreach (byte[] item in lists.SelectMany(list => list ?? []))
            {
                item.CopyTo(_bytes, next);
                next += item.Length;
            }
        }

        public ReadOnlySpan<byte> this[int number] => _bytes.AsSpan(_starts[number].._starts[number + 1]);
    }

    /// <summary>Collects the pairs of one table.</summary>
    internal sealed class Builder(bool withReverse)
    {
        private readonly NameIndex.Builder _names = new();
        private readonly NameIndex.Builder _reverse = new();
        private readonly List<List<byte[]>?> _v4 = [];
        private readonly List<List<byte[]>?> _v6 = [];
        private readonly List<List<byte[]>?> _pointers = [];
        private int _entries;

        public void Add(IPAddress address, byte[] foldedName)
        {
            byte[] bytes = address.GetAddressBytes();
            int number = _names.Add(foldedName);
            while (_v4.Count <= number)
            {
                _v4.Add(null);
                _v6.Add(null);
            }

            _entries += AddOnce(bytes.Length == 4 ? _v4 : _v6, number, bytes) ? 1 : 0;
            if (withReverse)
            {
                int reverse = _reverse.Add(ReverseName.Of(bytes));
                if (_pointers.Count <= reverse)
                {
                    _pointers.Add(null);
                }

                AddOnce(_pointers, reverse, foldedName);
            }
        }

        public HostsTable Build() => new(
            _names.Build(), new Lists(_v4), new Lists(_v6), _reverse.Build(), new Lists(_pointers), _entries);

        private static bool AddOnce(List<List<byte[]>?> lists, int number, byte[] item)
        {
            List<byte[]> list = lists[number] ??= new List<byte[]>(1);
            if (list.Count == MaxPerName || list.Exists(known => known.AsSpan().SequenceEqual(item)))
            {
                return false;
            }

            list.Add(item);
            return true;
        }
    }
}
