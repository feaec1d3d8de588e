using System;

namespace NodeDns.Sources.Records;

/// <summary>A TTL or SOA timer: plain seconds or a sum of parts such as 1h30m.</summary>
internal static class RecordSeconds
{
    public static bool TryParse(ReadOnlySpan<char> text, out uint seconds)
    {
        seconds = 0;
        ulong total = 0;
        ulong part = 0;
        bool digits = false;
        foreach (char character in text)
        {
            if (char.IsAsciiDigit(character))
            {
                part = (part * 10) + (uint)(character - '0');
                digits = true;
            }
            else
            {
                uint unit = (character | 0x20) switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, 'w' => 604_800, _ => 0 };
                if (unit == 0 || !digits)
                {
                    return false;
                }

                total += part * unit;
                part = 0;
                digits = false;
            }

            if (part > uint.MaxValue || total > uint.MaxValue)
            {
                return false;
            }
        }

        total += part;
        seconds = (uint)Math.Min(total, uint.MaxValue);
        return text.Length > 0 && char.IsAsciiDigit(text[0]) && total <= uint.MaxValue;
    }
}
