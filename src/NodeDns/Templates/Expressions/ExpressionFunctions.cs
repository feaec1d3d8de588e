using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Linq;
using System.Net;

namespace NodeDns.Templates.Expressions;

/// <summary>The functions every expression may call.</summary>
internal static class ExpressionFunctions
{
    /// <summary>More text than a name or record can hold.</summary>
    private const int MaxText = TemplateRun.MaxOutput;

    private static readonly FrozenSet<string> s_names = FrozenSet.Create(
        StringComparer.Ordinal,
        "len", "lower", "upper", "trim", "trimPrefix", "trimSuffix", "hasPrefix", "hasSuffix", "indexOf", "split", "replace",
        "join", "int", "string", "first", "last", "incidr");

    public static bool Exists(string name) => s_names.Contains(name);

    /// <summary>False where the function does not take these arguments.</summary>
    public static bool TryCall(string name, ReadOnlySpan<object?> arguments, out object? value)
    {
        bool done = arguments switch
        {
            [var one] => TryOne(name, one, out value),
            [string text, string other] => TryTwo(name, text, other, out value),
            [string text, string old, string @new] when name == "replace" && old.Length > 0 =>
                Found(text.Replace(old, @new, StringComparison.Ordinal), out value),
            [IReadOnlyList<object?> list, string separator] when name == "join" =>
                Found(string.Join(separator, list.Select(TemplateValue.Print)), out value),
            _ => Missing(out value),
        };
        return done && value is not string { Length: > MaxText };
    }

    private static bool TryOne(string name, object? argument, out object? value) => (name, argument) switch
    {
        ("len", string text) => Found((long)text.Length, out value),
        ("len", IReadOnlyList<object?> list) => Found((long)list.Count, out value),
        ("lower", string text) => Found(text.ToLowerInvariant(), out value),
        ("upper", string text) => Found(text.ToUpperInvariant(), out value),
        ("trim", string text) => Found(text.Trim(), out value),
        ("string", _) => Found(TemplateValue.Print(argument), out value),
        ("int", long or ulong) => Found(argument, out value),
        ("int", string text) => TemplateNumber.TryParse(text, out value) && value is long or ulong,
        ("first", IReadOnlyList<object?> { Count: > 0 } list) => Found(list[0], out value),
        ("last", IReadOnlyList<object?> { Count: > 0 } list) => Found(list[^1], out value),
        _ => Missing(out value),
    };

    private static bool TryTwo(string name, string text, string other, out object? value)
    {
        switch (name)
        {
            case "trimPrefix":
                return Found(text.StartsWith(other, StringComparison.Ordinal) ? text[other.Length..] : text, out value);
            case "trimSuffix":
                return Found(text.EndsWith(other, StringComparison.Ordinal) ? text[..^other.Length] : text, out value);
            case "hasPrefix":
                return Found(text.StartsWith(other, StringComparison.Ordinal), out value);
            case "hasSuffix":
                return Found(text.EndsWith(other, StringComparison.Ordinal), out value);
            case "indexOf":
                return Found((long)text.IndexOf(other, StringComparison.Ordinal), out value);
            case "split":
                return Found(text.Split(other), out value);
            case "incidr":
                bool parsed = IPAddress.TryParse(text, out IPAddress? address)
                    & IPNetwork.TryParse(other, out IPNetwork network);
                return Found(parsed && network.Contains(address!), out value);
            default:
                return Missing(out value);
        }
    }

    private static bool Found(object? found, out object? value)
    {
        value = found;
        return true;
    }

    private static bool Missing(out object? value)
    {
        value = null;
        return false;
    }
}
