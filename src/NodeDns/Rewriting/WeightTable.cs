using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net;
using NodeDns.Filters;

namespace NodeDns.Rewriting;

/// <summary>The weights of a loadbalance weighted file: how often each address of a name should come first.</summary>
/// <remarks>Immutable, swapped whole. An address that is not in the file has the weight 1.</remarks>
internal sealed class WeightTable
{
    public static readonly WeightTable Empty = new(NameIndex.Empty, []);

    private readonly NameIndex _names;
    private readonly Entry[][] _weights;

    private WeightTable(NameIndex names, Entry[][] weights)
    {
        _names = names;
        _weights = weights;
    }

    private readonly record struct Entry(byte[] Address, byte Weight);

    public byte Weight(ReadOnlySpan<byte> foldedName, ReadOnlySpan<byte> address)
    {
        int number = _names.Find(foldedName);
        if (number >= 0)
        {
            foreach (Entry entry in _weights[number])
            {
                if (address.SequenceEqual(entry.Address))
                {
                    return entry.Weight;
                }
            }
        }

        return 1;
    }

    /// <summary>Lines with a name, each followed by lines "ADDRESS WEIGHT"; # begins a comment line.</summary>
    public static bool TryParse(IEnumerable<string> lines, out WeightTable table, out string error)
    {
        table = Empty;
        error = "";
        NameIndex.Builder names = new();
        List<List<Entry>> weights = [];
        List<Entry>? current = null;
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            string[] fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length == 0 || fields[0].StartsWith('#'))
            {
                continue;
            }

            bool isAddress = IPAddress.TryParse(fields[0], out IPAddress? address);
            if (fields.Length == 1 && !isAddress && WireName.TryParse(fields[0], out byte[] name))
            {
                int index = names.Add(name);
                if (index == weights.Count)
                {
                    weights.Add([]);
                }

                current = weights[index];
            }
            else if (fields.Length == 2 && isAddress && current is not null
                && byte.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out byte weight) && weight > 0)
            {
                current.Add(new Entry(address!.GetAddressBytes(), weight));
            }
            else
            {
                error = $"line {number}: expected a name, or an address and a weight from 1 to 255 below a name";
                return false;
            }
        }

        table = new WeightTable(names.Build(), [.. weights.ConvertAll(list => list.ToArray())]);
        return true;
    }
}
