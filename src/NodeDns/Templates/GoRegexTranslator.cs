using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace NodeDns.Templates;

/// <summary>Rewrites a pattern of Go's RE2 syntax into the equal pattern of .NET, or says why it is no such pattern.</summary>
/// <remarks>
/// Only the case flag is left to the .NET parser; what differs between the two languages (anchors, the dot, the
/// Perl classes that are ASCII in Go, POSIX classes, octal and braced escapes, greediness under the U flag, group
/// numbers) is written out. Names are ASCII in presentation form, so classes stop at the basic plane.
/// </remarks>
internal sealed class GoRegexTranslator(string pattern)
{
    private const int MaxRepeat = 1000;
    private const int MaxDepth = 200;

    private readonly StringBuilder _output = new(pattern.Length + 16);
    private readonly List<string> _groupNames = [""];
    private readonly Stack<GoRegexFlags> _outerFlags = new();
    private GoRegexFlags _flags;
    private int _next;
    private bool _repeatable;
    private bool _repeated;

    public string Error { get; private set; } = "";

    public string[] GroupNames => [.. _groupNames];

    public bool TryTranslate(out string translated)
    {
        while (_next < pattern.Length)
        {
            if (!TryElement(pattern[_next]))
            {
                translated = "";
                return false;
            }
        }

        translated = _output.ToString();
        return _outerFlags.Count == 0 || Fail("missing closing )");
    }

    private bool TryElement(char current)
    {
        switch (current)
        {
            case '(':
                return TryOpenGroup();
            case ')':
                return TryCloseGroup();
            case '|':
                _next++;
                _output.Append('|');
                _repeatable = _repeated = false;
                return true;
            case '^':
                return Emit(1, _flags.HasFlag(GoRegexFlags.Multiline) ? "(?m:^)" : @"\A");
            case '$':
                return Emit(1, _flags.HasFlag(GoRegexFlags.Multiline) ? "(?m:$)" : @"\z");
            case '.':
                return Emit(1, _flags.HasFlag(GoRegexFlags.DotNewline) ? @"[\s\S]" : @"[^\n]");
            case '[':
                GoRegexClass set = new(pattern, _next);
                return set.TryParse(out string text) ? Emit(set.Next - _next, text) : Fail(set.Error);
            case '*' or '+' or '?':
                return TryRepeat(current.ToString(), 1);
            case '{':
                return TryBraces();
            case '\\':
                return TryEscape();
            default:
                return EmitLiteral(current, 1);
        }
    }

    private bool TryOpenGroup()
    {
        if (_outerFlags.Count == MaxDepth)
        {
            return Fail("groups are nested too deeply");
        }

        if (_next + 1 >= pattern.Length || pattern[_next + 1] != '?')
        {
            _groupNames.Add("");
            return OpenScope(1, "(", _flags);
        }

        if (At("(?P<") || At("(?<"))
        {
            return TryOpenNamed(pattern.IndexOf('<', _next) + 1);
        }

        return TryFlags();
    }

    private bool TryOpenNamed(int nameStart)
    {
        int end = pattern.IndexOf('>', nameStart);
        string name = end < 0 ? "" : pattern[nameStart..end];
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(GoRegexClass.WordCharacters))
        {
            return Fail("invalid named capture or unsupported Perl syntax");
        }

        if (_groupNames.Contains(name))
        {
            return Fail($"duplicate group name {name}");
        }

        // Unnamed for .NET, which would otherwise number it after all unnamed groups.
        _groupNames.Add(name);
        return OpenScope(end + 1 - _next, "(", _flags);
    }

    // (?flags) changes the rest of the enclosing group; (?flags:...) opens a group of its own.
    private bool TryFlags()
    {
        GoRegexFlags flags = _flags;
        bool negative = false;
        for (int i = _next + 2; i < pattern.Length; i++)
        {
            GoRegexFlags flag = pattern[i] switch
            {
                'i' => GoRegexFlags.IgnoreCase,
                'm' => GoRegexFlags.Multiline,
                's' => GoRegexFlags.DotNewline,
                'U' => GoRegexFlags.Ungreedy,
                _ => GoRegexFlags.None,
            };
            if (flag != GoRegexFlags.None)
            {
                flags = negative ? flags & ~flag : flags | flag;
            }
            else if (pattern[i] == '-' && !negative)
            {
                negative = true;
            }
            else if (pattern[i] is ')' or ':')
            {
                string ignoreCase = flags.HasFlag(GoRegexFlags.IgnoreCase) ? "(?i" : "(?-i";
                if (pattern[i] == ':')
                {
                    return OpenScope(i + 1 - _next, ignoreCase + ":", flags);
                }

                _flags = flags;
                _output.Append(ignoreCase).Append(')');
                _next = i + 1;
                _repeatable = _repeated = false;
                return true;
            }
            else
            {
                break;
            }
        }

        return Fail("invalid or unsupported Perl syntax (no lookaround, no comments, no atomic groups)");
    }

    private bool OpenScope(int consumed, string text, GoRegexFlags flags)
    {
        _outerFlags.Push(_flags);
        _flags = flags;
        _next += consumed;
        _output.Append(text);
        _repeatable = _repeated = false;
        return true;
    }

    private bool TryCloseGroup()
    {
        if (_outerFlags.Count == 0)
        {
            return Fail("unexpected )");
        }

        _flags = _outerFlags.Pop();
        return Emit(1, ")");
    }

    private bool TryRepeat(string text, int consumed)
    {
        if (!_repeatable)
        {
            return Fail(_repeated ? "invalid nested repetition operator" : $"missing argument to repetition {text}");
        }

        _next += consumed;
        bool lazy = _flags.HasFlag(GoRegexFlags.Ungreedy);
        if (_next < pattern.Length && pattern[_next] == '?')
        {
            lazy = !lazy;
            _next++;
        }

        _output.Append(text).Append(lazy ? "?" : "");
        _repeatable = false;
        _repeated = true;
        return true;
    }

    // {n}, {n,} and {n,m} repeat; every other brace is a plain character, as in Go.
    private bool TryBraces()
    {
        int close = pattern.IndexOf('}', _next);
        if (close < 0)
        {
            return EmitLiteral('{', 1);
        }

        string inside = pattern[(_next + 1)..close];
        int comma = inside.IndexOf(',', StringComparison.Ordinal);
        string low = comma < 0 ? inside : inside[..comma];
        string high = comma < 0 ? inside : inside[(comma + 1)..];
        if (!IsNumber(low) || (high.Length > 0 && !IsNumber(high)))
        {
            return EmitLiteral('{', 1);
        }

        int least = Number(low);
        int most = high.Length == 0 ? least : Number(high);
        return least > MaxRepeat || most > MaxRepeat || most < least
            ? Fail($"invalid repeat count {{{inside}}}")
            : TryRepeat($"{{{inside}}}", close + 1 - _next);
    }

    private bool TryEscape()
    {
        if (At(@"\Q"))
        {
            int end = pattern.IndexOf(@"\E", _next, StringComparison.Ordinal);
            int stop = end < 0 ? pattern.Length : end;
            _next += 2;
            while (_next < stop)
            {
                EmitLiteral(pattern[_next], 1);
            }

            _next = end < 0 ? stop : end + 2;
            return true;
        }

        if (_next + 1 < pattern.Length && pattern[_next + 1] is 'A' or 'z' or 'b' or 'B')
        {
            return Emit(2, pattern.Substring(_next, 2));
        }

        GoRegexClass set = new(pattern, _next);
        if (set.TryParseEscapedClass(out string text))
        {
            return Emit(set.Next - _next, text);
        }

        return set.Error.Length == 0 && set.TryParseEscapedCharacter(out int codePoint)
            ? EmitLiteral(codePoint, set.Next - _next)
            : Fail(set.Error);
    }

    private bool Emit(int consumed, string text)
    {
        _next += consumed;
        _output.Append(text);
        _repeatable = true;
        _repeated = false;
        return true;
    }

    private bool EmitLiteral(int codePoint, int consumed)
    {
        if (codePoint > char.MaxValue)
        {
            string pair = char.ConvertFromUtf32(codePoint);
            return Emit(consumed, $"(?:\\u{(int)pair[0]:X4}\\u{(int)pair[1]:X4})");
        }

        char character = (char)codePoint;
        return Emit(consumed, char.IsAsciiLetterOrDigit(character) ? character.ToString() : $"\\u{codePoint:X4}");
    }

    private bool At(string text) => string.CompareOrdinal(pattern, _next, text, 0, text.Length) == 0;

    private static bool IsNumber(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('0', '9');

    private static int Number(string digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : int.MaxValue;

    private bool Fail(string error)
    {
        Error = error;
        return false;
    }
}
