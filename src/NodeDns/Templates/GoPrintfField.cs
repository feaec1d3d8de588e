using System;
using System.Collections.Generic;

namespace NodeDns.Templates;

/// <summary>One %-directive of a printf format.</summary>
internal readonly record struct GoPrintfField(
    char Verb, int Width, int Precision, bool Left, bool Zero, bool Plus, bool Blank, bool Alternate)
{
    private const int MaxNumber = 1024;

    /// <summary>Reads what follows the percent sign; leaves the index on the verb.</summary>
    public static GoPrintfField Parse(string format, ref int index, List<object?> arguments, ref int used)
    {
        bool left = false, zero = false, plus = false, blank = false, alternate = false;
        for (; index < format.Length; index++)
        {
            switch (format[index])
            {
                case '-': left = true; continue;
                case '0': zero = true; continue;
                case '+': plus = true; continue;
                case ' ': blank = true; continue;
                case '#': alternate = true; continue;
                default: break;
            }

            break;
        }

        int width = Number(format, ref index, arguments, ref used) ?? 0;
        int precision = -1;
        if (index < format.Length && format[index] == '.')
        {
            index++;
            precision = Math.Max(Number(format, ref index, arguments, ref used) ?? 0, 0);
        }

        char verb = index < format.Length ? format[index] : '\0';
        return new GoPrintfField(verb, Math.Abs(width), precision, left || width < 0, zero && width > 0, plus, blank, alternate);
    }

    private static int? Number(string format, ref int index, List<object?> arguments, ref int used)
    {
        if (index < format.Length && format[index] == '*')
        {
            index++;
            object? argument = used < arguments.Count ? arguments[used++] : null;
            return TemplateNumber.TryInteger(argument, out Int128 given)
                ? (int)Int128.Clamp(given, -MaxNumber, MaxNumber)
                : null;
        }

        int? number = null;
        for (; index < format.Length && char.IsAsciiDigit(format[index]); index++)
        {
            number = Math.Min(((number ?? 0) * 10) + (format[index] - '0'), MaxNumber);
        }

        return number;
    }
}
