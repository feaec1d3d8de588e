using System.Collections.Generic;
using System.Linq;

namespace NodeDns.Hosting;

/// <summary>Rows of words in columns as wide as their longest word; the first column to the left, numbers to the right.</summary>
internal sealed class TextTable(params string[] titles)
{
    private readonly List<string[]> _rows = [titles];

    public int Count => _rows.Count - 1;

    public void Add(params string[] row) => _rows.Add(row);

    public IEnumerable<string> Lines()
    {
        int[] widths = [.. Enumerable.Range(0, titles.Length).Select(column => _rows.Max(row => row[column].Length))];
        bool[] toTheRight = [.. Enumerable.Range(0, titles.Length).Select(column =>
            column > 0 && _rows.Skip(1).All(row => row[column].Length == 0 || char.IsAsciiDigit(row[column][0]) || row[column] == "-"))];
        return _rows.Select(row => string.Join("  ", row.Select((word, column) =>
            toTheRight[column] ? word.PadLeft(widths[column]) : word.PadRight(widths[column]))).TrimEnd());
    }
}
