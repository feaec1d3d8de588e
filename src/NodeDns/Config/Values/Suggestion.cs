using System;
using System.Collections.Generic;
using System.Linq;

namespace NodeDns.Config.Values;

/// <summary>"Did you mean": the known word nearest to a mistyped one.</summary>
internal static class Suggestion
{
    /// <summary>Longer words are not typing mistakes of ours.</summary>
    private const int MaxLength = 40;

    /// <summary>"; did you mean "x"?" or nothing.</summary>
    public static string For(string word, IEnumerable<string> known)
    {
        string? nearest = Nearest(word, known);
        return nearest is null ? "" : $"; did you mean \"{nearest}\"?";
    }

    public static string? Nearest(string word, IEnumerable<string> known)
    {
        if (word.Length is 0 or > MaxLength)
        {
            return null;
        }

        // One wrong letter in three at most: "lop" is loop, but "xyz" is nothing.
        int limit = Math.Min(2, word.Length / 3);
        return known
            .Select(candidate => (candidate, distance: Distance(word.ToLowerInvariant(), candidate)))
            .Where(pair => pair.distance <= limit)
            .OrderBy(pair => pair.distance)
            .Select(pair => pair.candidate)
            .FirstOrDefault();
    }

    /// <summary>Edits (a letter added, dropped, changed, or two neighbours swapped) from one word to the other.</summary>
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            d[i, 0] = i;
        }

        for (int j = 0; j <= b.Length; j++)
        {
            d[0, j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int change = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}
