using System;
using System.Globalization;
using System.Numerics;

namespace NodeDns.Templates;

/// <summary>The numbers of a Go template: long, ulong where long is too small, double.</summary>
internal static class TemplateNumber
{
    /// <summary>A Go number constant: decimal, 0x, 0o, 0b, a leading zero for octal, underscores, or a float.</summary>
    public static bool TryParse(string text, out object? value)
    {
        value = null;
        string digits = text.Replace("_", "", StringComparison.Ordinal);
        bool negative = digits.StartsWith('-');
        digits = digits.Length > 0 && digits[0] is '+' or '-' ? digits[1..] : digits;
        int radix = 10;
        if (digits.Length > 1 && digits[0] == '0' && !digits.Contains('.') && !digits.Contains('e'))
        {
            radix = char.ToLowerInvariant(digits[1]) switch { 'x' => 16, 'b' => 2, 'o' => 8, _ => 8 };
            digits = char.IsAsciiLetter(digits[1]) ? digits[2..] : digits[1..];
        }

        if (TryParseUnsigned(digits, radix, out ulong magnitude))
        {
            value = Box(negative ? -(Int128)magnitude : magnitude);
            return value is not null;
        }

        const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (radix != 10 || !double.TryParse(digits, Style, CultureInfo.InvariantCulture, out double number))
        {
            return false;
        }

        value = negative ? -number : number;
        return true;
    }

    /// <summary>Digits of a base from 2 to 36 without a sign.</summary>
    public static bool TryParseUnsigned(ReadOnlySpan<char> digits, int radix, out ulong value)
    {
        value = 0;
        foreach (char character in digits)
        {
            int digit = char.IsAsciiDigit(character) ? character - '0'
                : char.IsAsciiLetter(character) ? (character | 0x20) - 'a' + 10
                : int.MaxValue;
            UInt128 next = ((UInt128)value * (uint)radix) + (uint)Math.Min(digit, 99);
            if (digit >= radix || next > ulong.MaxValue)
            {
                return false;
            }

            value = (ulong)next;
        }

        return digits.Length > 0;
    }

    public static object? Box(Int128 value) => value switch
    {
        _ when value >= long.MinValue && value <= long.MaxValue => (long)value,
        _ when value >= 0 && value <= ulong.MaxValue => (ulong)value,
        _ => null,
    };

    public static bool TryInteger(object? value, out Int128 integer)
    {
        switch (value)
        {
            case long signed:
                integer = signed;
                return true;
            case ulong unsigned:
                integer = unsigned;
                return true;
            default:
                integer = default;
                return false;
        }
    }

    /// <summary>A float as Go's %v prints it: the shortest digits, an exponent below 1e-4 and from 1e21 on.</summary>
    public static string Format(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
        }

        double magnitude = Math.Abs(value);
        if (magnitude != 0 && magnitude is < 1e-4 or >= 1e21)
        {
            return value.ToString("0.################e+00", CultureInfo.InvariantCulture);
        }

        return magnitude < 1e15
            ? value.ToString("0.####################", CultureInfo.InvariantCulture)
            : new BigInteger(value).ToString(CultureInfo.InvariantCulture);
    }
}
