using System;
using System.Text;

namespace NodeDns.Wire;

/// <content>The presentation form (RFC 1035 §5.1, RFC 4343 §2.1), for configuration and logs.</content>
public static partial class DomainName
{
    private const int DecimalEscapeDigits = 3;

    /// <summary>
    /// Reads <c>www.example.com.</c> into wire form; <c>\.</c> and <c>\046</c> escape, and a missing last dot is added.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, Span<byte> destination, out int length)
    {
        length = 0;
        if (text.IsEmpty || destination.IsEmpty)
        {
            return false;
        }

        if (text is ".")
        {
            destination[0] = 0;
            length = 1;
            return true;
        }

        int limit = Math.Min(destination.Length, WireLimits.MaxNameLength);
        int labelStart = 0;
        int position = 1;
        while (!text.IsEmpty)
        {
            if (text[0] == '.')
            {
                if (!TryCloseLabel(destination, labelStart, position))
                {
                    return false;
                }

                labelStart = position++;
                text = text[1..];
                continue;
            }

            if (position >= limit || !TryReadCharacter(ref text, out destination[position]))
            {
                return false;
            }

            position++;
        }

        // Without a last dot the last label is still open.
        if (position - labelStart > 1)
        {
            if (!TryCloseLabel(destination, labelStart, position))
            {
                return false;
            }

            labelStart = position++;
        }

        if (position > limit)
        {
            return false;
        }

        destination[labelStart] = 0;
        length = position;
        return true;
    }

    /// <summary>
    /// Writes the presentation form with its last dot; anything that is not a plain character is escaped.
    /// </summary>
    public static string ToText(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || name[0] == 0)
        {
            return ".";
        }

        StringBuilder text = new(name.Length);
        int position = 0;
        while (position < name.Length && name[position] != 0)
        {
            int end = Math.Min(position + 1 + name[position], name.Length);
            for (int i = position + 1; i < end; i++)
            {
                AppendCharacter(text, name[i]);
            }

            text.Append('.');
            position = end;
        }

        return text.ToString();
    }

    private static bool TryCloseLabel(Span<byte> destination, int labelStart, int position)
    {
        int labelLength = position - labelStart - 1;
        if (labelLength is < 1 or > WireLimits.MaxLabelLength)
        {
            return false;
        }

        destination[labelStart] = (byte)labelLength;
        return position < destination.Length;
    }

    private static bool TryReadCharacter(ref ReadOnlySpan<char> text, out byte value)
    {
        char first = text[0];
        text = text[1..];
        value = (byte)first;
        if (first != '\\')
        {
            return char.IsAscii(first);
        }

        if (text.IsEmpty)
        {
            return false;
        }

        if (!char.IsAsciiDigit(text[0]))
        {
            value = (byte)text[0];
            bool isAscii = char.IsAscii(text[0]);
            text = text[1..];
            return isAscii;
        }

        if (text.Length < DecimalEscapeDigits || !char.IsAsciiDigit(text[1]) || !char.IsAsciiDigit(text[2]))
        {
            return false;
        }

        int code = ((text[0] - '0') * 100) + ((text[1] - '0') * 10) + (text[2] - '0');
        value = (byte)code;
        text = text[DecimalEscapeDigits..];
        return code <= byte.MaxValue;
    }

    private static void AppendCharacter(StringBuilder text, byte value)
    {
        switch (value)
        {
            case (byte)'.' or (byte)'\\' or (byte)'"' or (byte)'(' or (byte)')' or (byte)';' or (byte)'@' or (byte)'$':
                text.Append('\\').Append((char)value);
                break;
            case > 0x20 and < 0x7F:
                text.Append((char)value);
                break;
            default:
                text.Append('\\')
                    .Append((char)('0' + (value / 100)))
                    .Append((char)('0' + (value / 10 % 10)))
                    .Append((char)('0' + (value % 10)));
                break;
        }
    }
}
