using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace NodeDns.Config.Values;

/// <summary>One walk over a Go pattern that writes it down as .NET spells it.</summary>
/// <remarks>
/// Changed: (?P&lt;name&gt;, \pL, \x{41}, \Q...\E and the [[:alpha:]] classes. The rest is copied, and repetition is held to
/// RE2's bound of a thousand, counts inside each other multiplied: .NET would try to build the automaton.
/// </remarks>
internal sealed class RegexSpelling(string text)
{
    private const int MaxRepeat = 1000;
    private const int MaxNesting = 200;

    private readonly StringBuilder _result = new(text.Length + 16);

    /// <summary>For each open group the largest repetition inside it so far.</summary>
    private readonly Stack<int> _open = new([1]);

    /// <summary>The largest repetition inside what a following {n} would repeat.</summary>
    private int _lastAtom = 1;

    public bool TryTranslate(out string pattern, out string error)
    {
        pattern = error = "";
        for (int at = 0; at < text.Length;)
        {
            at += text[at] switch
            {
                '\\' => Escape(at),
                '[' => Class(at),
                '(' => Open(at),
                ')' => Close(),
                '{' => Repeat(at),
                _ => Copy(at),
            };

            if (_open.Peek() > MaxRepeat)
            {
                error = $"more than {MaxRepeat} repetitions, counts inside each other multiplied";
                return false;
            }

            if (_open.Count > MaxNesting)
            {
                error = $"groups nested deeper than {MaxNesting}";
                return false;
            }
        }

        pattern = _result.ToString();
        return true;
    }

    private int Copy(int at)
    {
        _result.Append(text[at]);
        _lastAtom = 1;
        return 1;
    }

    private int Open(int at)
    {
        _open.Push(1);
        bool named = string.CompareOrdinal(text, at, "(?P<", 0, 4) == 0;
        _result.Append(named ? "(?<" : "(");
        return named ? 4 : 1;
    }

    private int Close()
    {
        _result.Append(')');
        if (_open.Count > 1)
        {
            _lastAtom = _open.Pop();
            _open.Push(Math.Max(_open.Pop(), _lastAtom));
        }

        return 1;
    }

    private int Repeat(int at)
    {
        _result.Append('{');
        if (!TryRepeatCount(at, out int count))
        {
            return 1;
        }

        long total = (long)_lastAtom * Math.Max(1, count);
        _open.Push(Math.Max(_open.Pop(), (int)Math.Min(total, MaxRepeat + 1)));
        int length = text.IndexOf('}', at) + 1 - at;
        _result.Append(text, at + 1, length - 1);
        return length;
    }

    /// <summary>{n}, {n,} or {n,m}; anything else in braces is plain text in both engines.</summary>
    private bool TryRepeatCount(int at, out int count)
    {
        count = 0;
        int close = text.IndexOf('}', at);
        string[] parts = close < 0 ? [] : text[(at + 1)..close].Split(',');
        if (parts.Length is 0 or > 2 || parts[0].Length == 0)
        {
            return false;
        }

        foreach (string part in parts)
        {
            if (!AddressText.TryParseNumber(part, 0, int.MaxValue, out int number) && part.Length > 0)
            {
                return false;
            }

            count = Math.Max(count, number);
        }

        return true;
    }

    private int Escape(int at)
    {
        _lastAtom = 1;
        if (at + 1 >= text.Length)
        {
            _result.Append('\\');
            return 1;
        }

        switch (text[at + 1])
        {
            case 'Q':
                int end = text.IndexOf("\\E", at + 2, StringComparison.Ordinal);
                string literal = end < 0 ? text[(at + 2)..] : text[(at + 2)..end];
                _result.Append(Regex.Escape(literal));
                return end < 0 ? text.Length - at : end + 2 - at;
            case 'p' or 'P' when at + 2 < text.Length && text[at + 2] != '{':
                _result.Append('\\').Append(text[at + 1]).Append('{').Append(text[at + 2]).Append('}');
                return 3;
            case 'x' when at + 2 < text.Length && text[at + 2] == '{' && TryHex(at, out ushort code, out int length):
                _result.Append(CultureInfo.InvariantCulture, $"\\u{code:x4}");
                return length;
            default:
                _result.Append('\\').Append(text[at + 1]);
                return 2;
        }
    }

    private bool TryHex(int at, out ushort code, out int length)
    {
        code = 0;
        length = text.IndexOf('}', at) + 1 - at;
        return length > 4 && ushort.TryParse(
            text.AsSpan(at + 3, length - 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code);
    }

    /// <summary>A whole bracket expression, so that what is special inside it is not taken for what it is outside.</summary>
    private int Class(int start)
    {
        _result.Append('[');
        int at = start + 1;
        if (at < text.Length && text[at] == '^')
        {
            _result.Append(text[at++]);
        }

        // A closing bracket in the first place is a plain character.
        for (bool first = true; at < text.Length && (first || text[at] != ']'); first = false)
        {
            if (text[at] == '\\')
            {
                at += Escape(at);
            }
            else if (PosixClass(at) is (string set, int length))
            {
                _result.Append(set);
                at += length;
            }
            else
            {
                // A bracket inside brackets is plain in RE2, but could begin a subtraction in .NET.
                _result.Append(text[at] is '[' or ']' ? "\\" + text[at] : text[at].ToString());
                at++;
            }
        }

        _lastAtom = 1;
        if (at < text.Length)
        {
            _result.Append(']');
            at++;
        }

        return at - start;
    }

    private (string Set, int Length)? PosixClass(int at)
    {
        if (string.CompareOrdinal(text, at, "[:", 0, 2) != 0)
        {
            return null;
        }

        int close = text.IndexOf(":]", at, StringComparison.Ordinal);
        string? set = close < at + 2 ? null : text[(at + 2)..close] switch
        {
            "alnum" => "0-9A-Za-z",
            "alpha" => "A-Za-z",
            "ascii" => "\\x00-\\x7f",
            "blank" => "\\t ",
            "cntrl" => "\\x00-\\x1f\\x7f",
            "digit" => "0-9",
            "graph" => "!-~",
            "lower" => "a-z",
            "print" => " -~",
            "punct" => "!-/:-@\\[-`{-~",
            "space" => "\\t\\n\\v\\f\\r ",
            "upper" => "A-Z",
            "word" => "0-9A-Za-z_",
            "xdigit" => "0-9A-Fa-f",
            _ => null,
        };
        return set is null ? null : (set, close + 2 - at);
    }
}
