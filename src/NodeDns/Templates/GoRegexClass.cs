using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace NodeDns.Templates;

/// <summary>Reads one character class or escape of a Go regular expression and writes it in .NET's notation.</summary>
/// <param name="pattern">The whole pattern.</param>
/// <param name="start">Where the class or the backslash stands.</param>
internal sealed class GoRegexClass(string pattern, int start)
{
    public static readonly SearchValues<char> WordCharacters =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");

    private static readonly Dictionary<string, string> s_posix = new(StringComparer.Ordinal)
    {
        ["alnum"] = "09AZaz",
        ["alpha"] = "AZaz",
        ["ascii"] = "\0\x7F",
        ["blank"] = "\t\t  ",
        ["cntrl"] = "\0\x1F\x7F\x7F",
        ["digit"] = "09",
        ["graph"] = "!~",
        ["lower"] = "az",
        ["print"] = " ~",
        ["punct"] = "!/:@[`{~",
        ["space"] = "\t\r  ",
        ["upper"] = "AZ",
        ["word"] = "09AZ__az",
        ["xdigit"] = "09AFaf",
    };

    private static readonly string[] s_categories =
    [
        "C", "Cc", "Cf", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl", "No",
        "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs",
    ];

    private readonly StringBuilder _items = new();

    /// <summary>The first character after what was read.</summary>
    public int Next { get; private set; } = start;

    public string Error { get; private set; } = "";

    /// <summary>Reads a bracketed class.</summary>
    public bool TryParse(out string text)
    {
        text = "";
        Next++;
        bool negated = Next < pattern.Length && pattern[Next] == '^';
        Next += negated ? 1 : 0;
        bool first = true;
        while (Next < pattern.Length && (first || pattern[Next] != ']'))
        {
            first = false;
            if (!TryItem())
            {
                return false;
            }
        }

        if (Next >= pattern.Length)
        {
            return Fail("missing closing ]");
        }

        Next++;
        text = Bracket(negated);
        return true;
    }

    /// <summary>Reads \d, \s, \w, \p and their opposites; false without an error where the escape is a character.</summary>
    public bool TryParseEscapedClass(out string text)
    {
        text = "";
        char letter = Next + 1 < pattern.Length ? pattern[Next + 1] : '\0';
        string? perl = letter switch
        {
            'd' or 'D' => "09",
            's' or 'S' => "\t\n\f\r  ",
            'w' or 'W' => "09AZ__az",
            _ => null,
        };
        if (perl is not null)
        {
            Next += 2;
            AppendRanges(perl, char.IsAsciiLetterUpper(letter));
        }
        else if (letter is not ('p' or 'P') || !TryUnicodeClass(letter == 'P'))
        {
            return false;
        }

        text = Bracket(false);
        return true;
    }

    /// <summary>Reads a backslash and the character that it stands for.</summary>
    public bool TryParseEscapedCharacter(out int codePoint)
    {
        codePoint = 0;
        if (Next + 1 >= pattern.Length)
        {
            return Fail("trailing backslash at end of expression");
        }

        char letter = pattern[Next + 1];
        Next += 2;
        switch (letter)
        {
            case 'a': codePoint = '\a'; return true;
            case 'f': codePoint = '\f'; return true;
            case 'n': codePoint = '\n'; return true;
            case 'r': codePoint = '\r'; return true;
            case 't': codePoint = '\t'; return true;
            case 'v': codePoint = '\v'; return true;
            case 'x': return TryHexadecimal(2, out codePoint);

            // Not Go's, but what a pattern that was already translated once is written with.
            case 'u': return TryHexadecimal(4, out codePoint);
            case >= '0' and <= '7': return TryOctal(letter, out codePoint);
            default:
                codePoint = letter;
                return (letter < 0x80 && !char.IsAsciiLetterOrDigit(letter)) || Fail($"invalid escape sequence \\{letter}");
        }
    }

    // A class of nothing but characters beyond the basic plane is empty here; .NET has no notation for that.
    private string Bracket(bool negated) => _items.Length > 0
        ? $"[{(negated ? "^" : "")}{_items}]"
        : negated ? @"[\s\S]" : @"[^\s\S]";

    private bool TryItem()
    {
        if (string.CompareOrdinal(pattern, Next, "[:", 0, 2) == 0)
        {
            int end = pattern.IndexOf(":]", Next + 2, StringComparison.Ordinal);
            if (end >= 0)
            {
                return TryPosixClass(pattern[(Next + 2)..end], end + 2);
            }
        }

        if (pattern[Next] == '\\')
        {
            int before = Next;
            if (TryParseEscapedClass(out _))
            {
                return true;
            }

            if (Error.Length > 0)
            {
                return false;
            }

            Next = before;
        }

        if (!TryCharacter(out int low))
        {
            return false;
        }

        int high = low;
        if (Next + 1 < pattern.Length && pattern[Next] == '-' && pattern[Next + 1] != ']')
        {
            Next++;
            if (!TryCharacter(out high))
            {
                return false;
            }
        }

        if (high < low)
        {
            return Fail("invalid character class range");
        }

        AppendRange(low, high);
        return true;
    }

    private bool TryCharacter(out int codePoint)
    {
        if (pattern[Next] == '\\')
        {
            return TryParseEscapedCharacter(out codePoint);
        }

        bool pair = char.IsSurrogatePair(pattern, Next);
        codePoint = pair ? char.ConvertToUtf32(pattern, Next) : pattern[Next];
        Next += pair ? 2 : 1;
        return true;
    }

    private bool TryPosixClass(string name, int next)
    {
        bool negated = name.StartsWith('^');
        if (!s_posix.TryGetValue(negated ? name[1..] : name, out string? ranges))
        {
            return Fail($"invalid character class range [:{name}:]");
        }

        Next = next;
        AppendRanges(ranges, negated);
        return true;
    }

    private bool TryUnicodeClass(bool negated)
    {
        int nameStart = Next + 2;
        if (nameStart >= pattern.Length)
        {
            return Fail("invalid character class \\p without a name");
        }

        string name = pattern[nameStart..(nameStart + 1)];
        Next = nameStart + 1;
        if (name == "{")
        {
            int end = pattern.IndexOf('}', nameStart);
            if (end < 0)
            {
                return Fail("invalid character class \\p{ without }");
            }

            name = pattern[(nameStart + 1)..end];
            Next = end + 1;
        }

        if (name.StartsWith('^'))
        {
            negated = !negated;
            name = name[1..];
        }

        if (name is "Any" or "Latin")
        {
            // Names are ASCII, so of the Latin script only the plain letters can ever be met.
            AppendRanges(name == "Any" ? "\0\uFFFF" : "AZaz", negated);
            return true;
        }

        if (Array.IndexOf(s_categories, name) < 0)
        {
            return Fail($"unknown or unsupported character class \\p{{{name}}}");
        }

        _items.Append(negated ? @"\P{" : @"\p{").Append(name).Append('}');
        return true;
    }

    private bool TryHexadecimal(int digits, out int codePoint)
    {
        codePoint = 0;
        bool braced = digits == 2 && Next < pattern.Length && pattern[Next] == '{';
        int end = braced ? pattern.IndexOf('}', Next) : Next + digits;
        int first = braced ? Next + 1 : Next;
        if (end < 0 || end > pattern.Length
            || !int.TryParse(pattern.AsSpan(first, end - first), NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture, out codePoint)
            || codePoint is < 0 or > 0x10FFFF || codePoint is >= 0xD800 and <= 0xDFFF)
        {
            return Fail("invalid escape sequence \\x");
        }

        Next = braced ? end + 1 : end;
        return true;
    }

    // \1 to \7 alone would be a back reference, which RE2 does not have; with more octal digits it is a character.
    private bool TryOctal(char letter, out int codePoint)
    {
        codePoint = letter - '0';
        int digits = 1;
        while (digits < 3 && Next < pattern.Length && pattern[Next] is >= '0' and <= '7')
        {
            codePoint = (codePoint * 8) + (pattern[Next++] - '0');
            digits++;
        }

        return letter == '0' || digits > 1 || Fail($"invalid escape sequence \\{letter}");
    }

    private void AppendRanges(string bounds, bool negated)
    {
        if (!negated)
        {
            for (int i = 0; i < bounds.Length; i += 2)
            {
                AppendRange(bounds[i], bounds[i + 1]);
            }

            return;
        }

        int low = 0;
        for (int i = 0; i < bounds.Length; i += 2)
        {
            AppendRange(low, bounds[i] - 1);
            low = bounds[i + 1] + 1;
        }

        AppendRange(low, char.MaxValue);
    }

    private void AppendRange(int low, int high)
    {
        high = Math.Min(high, char.MaxValue);
        if (low <= high)
        {
            _items.Append(CultureInfo.InvariantCulture, $"\\u{low:X4}-\\u{high:X4}");
        }
    }

    private bool Fail(string error)
    {
        Error = error;
        return false;
    }
}
