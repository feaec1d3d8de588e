using System;
using System.Globalization;

namespace NodeDns.Admin;

/// <summary>How much a client wants something, by a field like <c>Accept</c> (RFC 9110 §12.4.2).</summary>
internal static class Preference
{
    /// <summary>The largest weight of a value, 0 to 1; 0 when it is not named, and -1 when the field names nothing at all.</summary>
    public static double Of(string field, string value)
    {
        double best = 0;
        foreach (Range range in field.AsSpan().Split(','))
        {
            ReadOnlySpan<char> element = field.AsSpan(range).Trim();
            int end = element.IndexOf(';');
            if ((end < 0 ? element : element[..end]).TrimEnd().Equals(value, StringComparison.OrdinalIgnoreCase))
            {
                best = Math.Max(best, end < 0 ? 1 : Weight(element[end..]));
            }
        }

        return field.Length == 0 ? -1 : best;
    }

    private static double Weight(ReadOnlySpan<char> parameters)
    {
        foreach (Range range in parameters.Split(';'))
        {
            ReadOnlySpan<char> parameter = parameters[range].Trim();
            if (parameter.StartsWith("q=", StringComparison.OrdinalIgnoreCase))
            {
                return double.TryParse(parameter[2..], NumberStyles.Float, CultureInfo.InvariantCulture, out double weight)
                    ? Math.Clamp(weight, 0, 1) : 0;
            }
        }

        return 1;
    }
}
