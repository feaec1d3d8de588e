using System;
using System.Diagnostics.CodeAnalysis;

namespace NodeDns.Config.Values;

/// <summary>Durations as Go's time.ParseDuration reads them: 5s, 1h20m, 1.5h, 100ms, and 0 without a unit.</summary>
internal static class GoDuration
{
    /// <summary>The longest text looked at; Go has no limit, but nobody writes more units than there are.</summary>
    private const int MaxLength = 64;

    public static bool TryParse(string text, out TimeSpan value, [NotNullWhen(false)] out string? error)
    {
        value = default;
        error = null;
        if (text.Length is 0 or > MaxLength)
        {
            error = $"expected a duration such as 30s, found {Shown.Text(text)}";
            return false;
        }

        ReadOnlySpan<char> rest = text;
        bool negative = rest[0] == '-';
        if (rest[0] is '-' or '+')
        {
            rest = rest[1..];
        }

        if (rest is "0")
        {
            return true;
        }

        decimal nanoseconds = 0;
        bool any = false;
        while (!rest.IsEmpty)
        {
            if (!TryReadNumber(ref rest, out decimal number) || !TryReadUnit(ref rest, out decimal unit, out string name))
            {
                error = $"expected a duration such as 30s, found {Shown.Text(text)}";
                return false;
            }

            if (unit == 0)
            {
                error = name.Length == 0
                    ? $"{Shown.Text(text)} has no unit; did you mean \"{text}s\"?"
                    : $"{Shown.Text(text)} has an unknown unit {Shown.Text(name)}; expected ns, us, ms, s, m or h";
                return false;
            }

            nanoseconds += number * unit;
            any = true;
            if (nanoseconds > long.MaxValue)
            {
                error = $"{Shown.Text(text)} is too long a duration";
                return false;
            }
        }

        if (!any)
        {
            error = $"expected a duration such as 30s, found {Shown.Text(text)}";
            return false;
        }

        value = TimeSpan.FromTicks((long)(negative ? -nanoseconds : nanoseconds) / 100);
        return true;
    }

    private static bool TryReadNumber(ref ReadOnlySpan<char> rest, out decimal number)
    {
        number = 0;
        int length = rest.IndexOfAnyExceptInRange('0', '9');
        length = length < 0 ? rest.Length : length;
        int digits = length;
        if (length < rest.Length && rest[length] == '.')
        {
            int fraction = rest[(length + 1)..].IndexOfAnyExceptInRange('0', '9');
            fraction = fraction < 0 ? rest.Length - length - 1 : fraction;
            digits += fraction;
            length += 1 + fraction;
        }

        // 19 digits are the most an int64 of nanoseconds can have.
        if (digits is 0 or > 19)
        {
            return false;
        }

        decimal scale = 0;
        foreach (char c in rest[..length])
        {
            if (c == '.')
            {
                scale = 1;
                continue;
            }

            number = (number * 10) + (c - '0');
            scale *= 10;
        }

        number = scale > 1 ? number / scale : number;
        rest = rest[length..];
        return true;
    }

    /// <summary>The unit in nanoseconds, 0 when there is none or it is not known.</summary>
    private static bool TryReadUnit(ref ReadOnlySpan<char> rest, out decimal unit, out string name)
    {
        int length = 0;
        while (length < rest.Length && rest[length] != '.' && !char.IsAsciiDigit(rest[length]))
        {
            length++;
        }

        name = rest[..length].ToString();
        unit = name switch
        {
            "ns" => 1m,
            "us" or "\u00b5s" or "\u03bcs" => 1_000m,
            "ms" => 1_000_000m,
            "s" => 1_000_000_000m,
            "m" => 60_000_000_000m,
            "h" => 3_600_000_000_000m,
            _ => 0m,
        };
        rest = rest[length..];
        return true;
    }
}
