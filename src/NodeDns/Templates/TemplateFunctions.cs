using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace NodeDns.Templates;

/// <summary>The functions a template may call: Go's own and CoreDNS's parseInt.</summary>
internal static class TemplateFunctions
{
    private static readonly FrozenSet<string> s_names = FrozenSet.Create(
        StringComparer.Ordinal,
        "and", "or", "not", "len", "index", "slice", "print", "printf", "println",
        "eq", "ne", "lt", "le", "gt", "ge", "parseInt");

    public static bool Exists(string name) => s_names.Contains(name);

    public static bool TryCall(string name, List<object?> arguments, out object? value, out string error)
    {
        value = null;
        error = "";
        switch (name)
        {
            case "not" when arguments.Count == 1:
                value = !TemplateValue.IsTrue(arguments[0]);
                return true;
            case "print":
                value = Print(arguments);
                return true;
            case "println":
                value = string.Join(' ', arguments.Select(TemplateValue.Print)) + "\n";
                return true;
            case "printf" when arguments.Count > 0 && arguments[0] is string format:
                value = GoPrintf.Format(format, arguments.Skip(1).ToList());
                return true;
            case "len" when arguments.Count == 1:
                return TryLength(arguments[0], out value, out error);
            case "index" when arguments.Count > 0:
                return TryIndex(arguments, out value, out error);
            case "slice" when arguments.Count is > 0 and <= 3:
                return TrySlice(arguments, out value, out error);
            case "parseInt" when arguments.Count == 3:
                return TryParseInt(arguments, out value, out error);
            case "eq" or "ne" or "lt" or "le" or "gt" or "ge" when arguments.Count >= 2:
                return TryCompare(name, arguments, out value, out error);
            default:
                error = $"wrong number or kind of args for {name}: got {arguments.Count}";
                return false;
        }
    }

    // Go puts a space between operands only where neither is a string.
    private static string Print(List<object?> arguments)
    {
        StringBuilder output = new();
        for (int i = 0; i < arguments.Count; i++)
        {
            if (i > 0 && arguments[i] is not string && arguments[i - 1] is not string)
            {
                output.Append(' ');
            }

            output.Append(TemplateValue.Print(arguments[i]));
        }

        return output.ToString();
    }

    private static bool TryLength(object? item, out object? value, out string error)
    {
        long length = item switch
        {
            string text => Encoding.UTF8.GetByteCount(text),
            IReadOnlyList<object?> list => list.Count,
            IReadOnlyDictionary<string, string> map => map.Count,
            _ => -1,
        };
        value = length;
        error = length < 0 ? $"error calling len: len of {TemplateValue.Print(item)}" : "";
        return length >= 0;
    }

    private static bool TryIndex(List<object?> arguments, out object? value, out string error)
    {
        value = arguments[0];
        error = "";
        foreach (object? key in arguments.Skip(1))
        {
            switch (value)
            {
                case IReadOnlyDictionary<string, string> map when key is string text:
                    value = map.TryGetValue(text, out string? found) ? found : "";
                    break;
                case IReadOnlyList<object?> list when TryPosition(key, list.Count - 1, out int position):
                    value = list[position];
                    break;
                case string text when TryPosition(key, text.Length - 1, out int position):
                    value = (long)text[position];
                    break;
                default:
                    error = $"error calling index: index out of range or not possible: {TemplateValue.Print(key)}";
                    return false;
            }
        }

        return true;
    }

    private static bool TrySlice(List<object?> arguments, out object? value, out string error)
    {
        value = arguments[0];
        error = "error calling slice: out of range or not possible";
        int length = value switch
        {
            string text => text.Length,
            IReadOnlyList<object?> list => list.Count,
            _ => -1,
        };
        int start = 0;
        int end = length;
        if (length < 0 || (arguments.Count > 1 && !TryPosition(arguments[1], length, out start))
            || (arguments.Count > 2 && !TryPosition(arguments[2], length, out end)) || start > end)
        {
            return false;
        }

        value = value is string whole ? whole[start..end] : ((IReadOnlyList<object?>)value!).Skip(start).Take(end - start).ToArray();
        error = "";
        return true;
    }

    private static bool TryPosition(object? key, int last, out int position)
    {
        bool inside = TemplateNumber.TryInteger(key, out Int128 number) && number >= 0 && number <= last;
        position = inside ? (int)number : 0;
        return inside;
    }

    // strconv.ParseUint: a base from 2 to 36 (or 0: told by the prefix) and a size in bits.
    private static bool TryParseInt(List<object?> arguments, out object? value, out string error)
    {
        value = null;
        error = $"error calling parseInt: parsing \"{TemplateValue.Print(arguments[0])}\": invalid syntax or out of range";
        if (arguments[0] is not string digits || !TryPosition(arguments[1], 36, out int radix) || radix == 1
            || !TryPosition(arguments[2], 64, out int bits))
        {
            return false;
        }

        ulong number;
        if (radix == 0)
        {
            if (digits.Length == 0 || !char.IsAsciiDigit(digits[0]) || !TemplateNumber.TryParse(digits, out object? parsed)
                || !TemplateNumber.TryInteger(parsed, out Int128 integer))
            {
                return false;
            }

            number = (ulong)integer;
        }
        else if (!TemplateNumber.TryParseUnsigned(digits, radix, out number))
        {
            return false;
        }

        if (bits is > 0 and < 64 && number >> bits != 0)
        {
            return false;
        }

        value = TemplateNumber.Box(number);
        error = "";
        return true;
    }

    private static bool TryCompare(string name, List<object?> arguments, out object? value, out string error)
    {
        value = null;
        if (name == "eq")
        {
            bool equal = false;
            foreach (object? other in arguments.Skip(1))
            {
                if (!TryOrder(arguments[0], other, equality: true, out int order, out error))
                {
                    return false;
                }

                equal |= order == 0;
            }

            value = equal;
            error = "";
            return true;
        }

        error = $"wrong number of args for {name}: want 2 got {arguments.Count}";
        if (arguments.Count != 2 || !TryOrder(arguments[0], arguments[1], name == "ne", out int sign, out error))
        {
            return false;
        }

        value = name switch
        {
            "ne" => sign != 0,
            "lt" => sign < 0,
            "le" => sign <= 0,
            "gt" => sign > 0,
            _ => sign >= 0,
        };
        return true;
    }

    private static bool TryOrder(object? left, object? right, bool equality, out int order, out string error)
    {
        error = "";
        order = 0;
        if (TemplateNumber.TryInteger(left, out Int128 a) && TemplateNumber.TryInteger(right, out Int128 b))
        {
            order = a.CompareTo(b);
            return true;
        }

        switch (left, right)
        {
            case (string first, string second):
                order = string.CompareOrdinal(first, second);
                return true;
            case (double first, double second):
                order = first.CompareTo(second);
                return true;
            case (bool first, bool second) when equality:
                order = first == second ? 0 : 1;
                return true;
            case (null, _) or (_, null) when equality:
                order = ReferenceEquals(left, right) ? 0 : 1;
                return true;
            default:
                error = "incompatible types for comparison";
                return false;
        }
    }
}
