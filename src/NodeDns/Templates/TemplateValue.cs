using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace NodeDns.Templates;

/// <summary>What Go does with any value: print it, test it for truth, walk through it, measure it.</summary>
internal static class TemplateValue
{
    /// <summary>A number given to range may not exceed this; a template's steps are bounded anyway.</summary>
    private const long MaxRangeNumber = TemplateRun.MaxSteps;

    /// <summary>As Go's %v prints it.</summary>
    public static string Print(object? value) => value switch
    {
        null => "<no value>",
        string text => text,
        bool truth => truth ? "true" : "false",
        double number => TemplateNumber.Format(number),
        IReadOnlyList<object?> list => $"[{string.Join(' ', list.Select(Print))}]",
        IReadOnlyDictionary<string, string> map =>
            $"map[{string.Join(' ', Sorted(map).Select(entry => $"{entry.Key}:{entry.Value}"))}]",
        System.IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>False for nil, zero, false and whatever is empty.</summary>
    public static bool IsTrue(object? value) => value switch
    {
        null or false or "" or 0L or 0UL or 0.0 => false,
        IReadOnlyList<object?> list => list.Count > 0,
        IReadOnlyDictionary<string, string> map => map.Count > 0,
        _ => true,
    };

    public static bool TryEnumerate(object? value, out IEnumerable<(object? Key, object? Value)> items)
    {
        items = value switch
        {
            IReadOnlyList<object?> list => list.Select((item, index) => ((object?)(long)index, item)),
            IReadOnlyDictionary<string, string> map =>
                Sorted(map).Select(entry => ((object?)entry.Key, (object?)entry.Value)),
            long number when number <= MaxRangeNumber =>
                Enumerable.Range(0, (int)long.Max(number, 0)).Select(i => ((object?)(long)i, (object?)(long)i)),
            _ => [],
        };
        return value is null or IReadOnlyList<object?> or IReadOnlyDictionary<string, string>
            or (long and <= MaxRangeNumber);
    }

    public static IOrderedEnumerable<KeyValuePair<string, string>> Sorted(IReadOnlyDictionary<string, string> map) =>
        map.OrderBy(entry => entry.Key, System.StringComparer.Ordinal);
}
