using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace NodeDns.Templates;

/// <summary>Go's fmt.Sprintf for the values a template has.</summary>
internal static class GoPrintf
{
    /// <summary>Wider fields than this are cut to it: no record has room for more.</summary>
    private const int MaxWidth = 1024;

    public static string Format(string format, List<object?> arguments)
    {
        StringBuilder output = new();
        int used = 0;
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                output.Append(format[i]);
                continue;
            }

            i++;
            GoPrintfField field = GoPrintfField.Parse(format, ref i, arguments, ref used);
            if (field.Verb == '%')
            {
                output.Append('%');
            }
            else if (field.Verb == '\0')
            {
                output.Append("%!(NOVERB)");
            }
            else if (used >= arguments.Count)
            {
                output.Append(CultureInfo.InvariantCulture, $"%!{field.Verb}(MISSING)");
            }
            else
            {
                output.Append(Pad(field, FormatValue(field, arguments[used++])));
            }
        }

        if (used < arguments.Count)
        {
            IEnumerable<string> extra = arguments.Skip(used).Select(a => $"{TypeName(a)}={TemplateValue.Print(a)}");
            output.Append(CultureInfo.InvariantCulture, $"%!(EXTRA {string.Join(", ", extra)})");
        }

        return output.ToString();
    }

    private static string FormatValue(GoPrintfField field, object? value)
    {
        if (value is IReadOnlyList<object?> list && field.Verb != 'v')
        {
            return $"[{string.Join(' ', list.Select(item => FormatValue(field, item)))}]";
        }

        if (TemplateNumber.TryInteger(value, out Int128 integer))
        {
            return FormatInteger(field, integer, value);
        }

        return (field.Verb, value) switch
        {
            ('v', null) => "<nil>",
            ('v', _) => TemplateValue.Print(value),
            ('s', string text) => field.Precision < 0 ? text : text[..Math.Min(field.Precision, text.Length)],
            ('q', string text) => Quote(text),
            ('x', string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text)),
            ('X', string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text)),
            ('t', bool truth) => truth ? "true" : "false",
            ('f' or 'F', double number) =>
                number.ToString("F" + Digits(field.Precision), CultureInfo.InvariantCulture),
            ('e' or 'E', double number) => number.ToString(
                $"0.{new string('0', field.Precision < 0 ? 6 : field.Precision)}{field.Verb}+00",
                CultureInfo.InvariantCulture),
            ('g' or 'G', double number) => TemplateNumber.Format(number),
            _ => Bad(field, value),
        };
    }

    private static string FormatInteger(GoPrintfField field, Int128 value, object? original)
    {
        Int128 magnitude = value < 0 ? -value : value;
        string prefix = field.Alternate
            ? field.Verb switch { 'x' => "0x", 'X' => "0X", 'o' => "0", 'b' => "0b", _ => "" }
            : "";
        string? digits = field.Verb switch
        {
            'd' or 'v' => magnitude.ToString(CultureInfo.InvariantCulture),
            'x' => ((ulong)magnitude).ToString("x", CultureInfo.InvariantCulture),
            'X' => ((ulong)magnitude).ToString("X", CultureInfo.InvariantCulture),
            'o' => Convert.ToString((long)(ulong)magnitude, 8),
            'b' => ((ulong)magnitude).ToString("b", CultureInfo.InvariantCulture),
            'c' => Rune.TryCreate((int)Int128.Min(magnitude, int.MaxValue), out Rune rune) ? rune.ToString() : "\uFFFD",
            'U' => "U+" + ((ulong)magnitude).ToString("X4", CultureInfo.InvariantCulture),
            _ => null,
        };
        if (digits is null)
        {
            return Bad(field, original);
        }

        if (field.Verb is 'c' or 'U')
        {
            return digits;
        }

        string sign = value < 0 ? "-" : field.Plus ? "+" : field.Blank ? " " : "";
        int width = field.Precision >= 0 ? field.Precision
            : field.Zero && !field.Left ? field.Width - sign.Length - prefix.Length
            : 0;
        return sign + prefix + digits.PadLeft(Math.Clamp(width, 0, MaxWidth), '0');
    }

    private static string Quote(string text)
    {
        string escaped = text
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal);
        return $"\"{escaped}\"";
    }

    private static string Pad(GoPrintfField field, string text)
    {
        int width = Math.Min(field.Width, MaxWidth);
        return field.Left ? text.PadRight(width) : text.PadLeft(width, field.Zero ? '0' : ' ');
    }

    private static string Digits(int precision) =>
        (precision < 0 ? 6 : Math.Min(precision, 100)).ToString(CultureInfo.InvariantCulture);

    private static string Bad(GoPrintfField field, object? value) =>
        value is null ? $"%!{field.Verb}(<nil>)" : $"%!{field.Verb}({TypeName(value)}={TemplateValue.Print(value)})";

    private static string TypeName(object? value) => value switch
    {
        null => "<nil>",
        string => "string",
        bool => "bool",
        double => "float64",
        long => "int",
        ulong => "uint64",
        _ => "value",
    };
}
