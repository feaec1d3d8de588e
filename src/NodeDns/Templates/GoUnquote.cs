using System;
using System.Globalization;
using System.Text;

namespace NodeDns.Templates;

/// <summary>Resolves the escapes of a Go string or character constant.</summary>
internal static class GoUnquote
{
    public static bool TryUnquote(string inside, out string value)
    {
        value = inside;
        if (!inside.Contains('\\'))
        {
            return true;
        }

        StringBuilder output = new(inside.Length);
        for (int i = 0; i < inside.Length; i++)
        {
            if (inside[i] != '\\')
            {
                output.Append(inside[i]);
            }
            else if (!TryEscape(inside, ref i, output))
            {
                return false;
            }
        }

        value = output.ToString();
        return true;
    }

    // Leaves the index on the last character of the escape.
    private static bool TryEscape(string inside, ref int index, StringBuilder output)
    {
        index++;
        char letter = index < inside.Length ? inside[index] : '\0';
        int plain = "abfnrtv\\'\"".IndexOf(letter, StringComparison.Ordinal);
        if (plain >= 0 && letter != '\0')
        {
            output.Append("\a\b\f\n\r\t\v\\'\""[plain]);
            return true;
        }

        if (letter is >= '0' and <= '7')
        {
            int octal = 0;
            for (int end = index + 3; index < end; index++)
            {
                if (index >= inside.Length || inside[index] is < '0' or > '7')
                {
                    return false;
                }

                octal = (octal * 8) + (inside[index] - '0');
            }

            index--;
            output.Append((char)octal);
            return octal <= byte.MaxValue;
        }

        int digits = letter switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits == 0 || index + digits >= inside.Length
            || !int.TryParse(inside.AsSpan(index + 1, digits), NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture, out int codePoint)
            || !Rune.TryCreate(codePoint, out Rune rune))
        {
            return false;
        }

        output.Append(rune.ToString());
        index += digits;
        return true;
    }
}
