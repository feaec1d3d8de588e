using System;
using System.Collections.Generic;
using System.Linq;

namespace NodeDns.Templates.Expressions;

/// <summary>The operators between two values.</summary>
internal static class ExpressionOperators
{
    private const int MaxText = TemplateRun.MaxOutput;

    /// <summary>False where the operator has no meaning for these values.</summary>
    public static bool TryApply(string symbol, object? left, object? right, out object? value)
    {
        value = symbol switch
        {
            "==" => AreEqual(left, right),
            "!=" => !AreEqual(left, right),
            "??" => right,
            "in" when right is IReadOnlyList<object?> list => list.Any(item => AreEqual(left, item)),
            _ => (left, right) switch
            {
                (string a, string b) => OfTexts(symbol, a, b),
                (long a, long b) => OfIntegers(symbol, a, b),
                (long or double, long or double) => OfNumbers(
                    symbol, Convert.ToDouble(left, null), Convert.ToDouble(right, null)),
                _ => null,
            },
        };
        return value is not null || symbol == "??";
    }

    private static object? OfTexts(string symbol, string a, string b) => symbol switch
    {
        "+" when a.Length + b.Length <= MaxText => a + b,
        "contains" => a.Contains(b, StringComparison.Ordinal),
        "in" => b.Contains(a, StringComparison.Ordinal),
        "startsWith" => a.StartsWith(b, StringComparison.Ordinal),
        "endsWith" => a.EndsWith(b, StringComparison.Ordinal),
        _ => OfOrder(symbol, string.CompareOrdinal(a, b)),
    };

    private static object? OfIntegers(string symbol, long a, long b) => symbol switch
    {
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        "/" when b != 0 => (double)a / b,
        "%" when b is not (0 or -1) => a % b,
        _ => OfOrder(symbol, a.CompareTo(b)),
    };

    private static object? OfNumbers(string symbol, double a, double b) => symbol switch
    {
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        "/" => a / b,
        _ => OfOrder(symbol, a.CompareTo(b)),
    };

    private static object? OfOrder(string symbol, int order) => symbol switch
    {
        "<" => order < 0,
        "<=" => order <= 0,
        ">" => order > 0,
        ">=" => order >= 0,
        _ => null,
    };

    private static bool AreEqual(object? a, object? b) => (a, b) switch
    {
        (long or double, long or double) => Convert.ToDouble(a, null).Equals(Convert.ToDouble(b, null)),
        (IReadOnlyList<object?> first, IReadOnlyList<object?> second) =>
            first.Count == second.Count && first.Zip(second).All(pair => AreEqual(pair.First, pair.Second)),
        _ => Equals(a, b),
    };
}
