using System;
using System.Collections.Generic;

namespace NodeDns.Templates;

/// <summary>Cuts the text of a Go template into tokens: literal text, and what stands between the braces.</summary>
internal sealed class TemplateLexer(string text)
{
    private readonly List<TemplateToken> _tokens = [];
    private int _next;
    private bool _trimNextText;

    public string Error { get; private set; } = "";

    public bool TryRead(out List<TemplateToken> tokens)
    {
        tokens = _tokens;
        while (_next < text.Length)
        {
            int open = text.IndexOf("{{", _next, StringComparison.Ordinal);
            bool trimBefore = open >= 0 && IsTrimMarker(open + 2);
            AddText(text[_next..(open < 0 ? text.Length : open)], trimBefore);
            if (open < 0)
            {
                break;
            }

            _next = open + (trimBefore ? 4 : 2);
            if (!(IsComment() ? TrySkipComment() : TryReadAction()))
            {
                return false;
            }
        }

        _tokens.Add(new TemplateToken(TemplateTokenKind.End, ""));
        return true;
    }

    private void AddText(string literal, bool trimEnd)
    {
        literal = _trimNextText ? literal.TrimStart(' ', '\t', '\r', '\n') : literal;
        literal = trimEnd ? literal.TrimEnd(' ', '\t', '\r', '\n') : literal;
        _trimNextText = false;
        if (literal.Length > 0)
        {
            _tokens.Add(new TemplateToken(TemplateTokenKind.Text, literal));
        }
    }

    // The marker is a hyphen with a space on its inner side, so that {{-3}} stays a number.
    private bool IsTrimMarker(int at) => at + 1 < text.Length && text[at] == '-' && IsSpace(text[at + 1]);

    private bool IsComment() => string.CompareOrdinal(text, _next, "/*", 0, 2) == 0;

    private bool TrySkipComment()
    {
        int end = text.IndexOf("*/", _next, StringComparison.Ordinal);
        if (end < 0)
        {
            return Fail("unclosed comment");
        }

        _next = end + 2;
        return TryClose() || Fail("comment ends before closing delimiter");
    }

    private bool TryReadAction()
    {
        _tokens.Add(new TemplateToken(TemplateTokenKind.Open, "{{"));
        while (_next < text.Length)
        {
            if (TryClose())
            {
                _tokens.Add(new TemplateToken(TemplateTokenKind.Close, "}}"));
                return true;
            }

            if (!TryReadToken(text[_next]))
            {
                return false;
            }
        }

        return Fail("unclosed action");
    }

    private bool TryClose()
    {
        int at = _next;
        bool trim = at + 1 < text.Length && IsSpace(text[at]) && text[at + 1] == '-';
        at += trim ? 2 : 0;
        if (string.CompareOrdinal(text, at, "}}", 0, 2) != 0)
        {
            return false;
        }

        _trimNextText = trim;
        _next = at + 2;
        return true;
    }

    private bool TryReadToken(char current)
    {
        char following = _next + 1 < text.Length ? text[_next + 1] : '\0';
        switch (current)
        {
            case ' ' or '\t' or '\r' or '\n':
                int end = _next;
                while (end < text.Length && IsSpace(text[end]) && string.CompareOrdinal(text, end, " -}}", 0, 4) != 0)
                {
                    end++;
                }

                return Add(TemplateTokenKind.Space, " ", Math.Max(end - _next, 1));
            case ':' when following == '=':
                return Add(TemplateTokenKind.Declare, ":=", 2);
            case '=':
                return Add(TemplateTokenKind.Assign, "=", 1);
            case '|':
                return Add(TemplateTokenKind.Pipe, "|", 1);
            case ',':
                return Add(TemplateTokenKind.Comma, ",", 1);
            case '(':
                return Add(TemplateTokenKind.OpenParenthesis, "(", 1);
            case ')':
                return Add(TemplateTokenKind.CloseParenthesis, ")", 1);
            case '"' or '\'' or '`':
                return TryReadQuoted(current);
            case '$':
                return AddWord(TemplateTokenKind.Variable, 1, true);
            case '.' when !char.IsAsciiDigit(following):
                return IsWord(following)
                    ? AddWord(TemplateTokenKind.Field, 1, false)
                    : Add(TemplateTokenKind.Dot, ".", 1);
            default:
                return TryReadWord(current, following);
        }
    }

    private bool TryReadWord(char current, char following)
    {
        if (char.IsAsciiDigit(current) || (current is '+' or '-' or '.' && (char.IsAsciiDigit(following) || following == '.')))
        {
            int end = _next + 1;
            while (end < text.Length && (IsWord(text[end]) || text[end] == '.' || IsExponentSign(end)))
            {
                end++;
            }

            return Add(TemplateTokenKind.Number, text[_next..end], end - _next);
        }

        return IsWord(current)
            ? AddWord(TemplateTokenKind.Identifier, 0, true)
            : Fail($"unexpected \"{current}\" in action");
    }

    private bool IsExponentSign(int at) => text[at] is '+' or '-' && text[at - 1] is 'e' or 'E'
        && !text.AsSpan(_next).StartsWith("0x", StringComparison.OrdinalIgnoreCase);

    private bool AddWord(TemplateTokenKind kind, int prefix, bool keepPrefix)
    {
        int end = _next + prefix;
        while (end < text.Length && IsWord(text[end]))
        {
            end++;
        }

        return Add(kind, text[(keepPrefix ? _next : _next + prefix)..end], end - _next);
    }

    private bool TryReadQuoted(char quote)
    {
        int end = _next + 1;
        while (end < text.Length && text[end] != quote)
        {
            end += text[end] == '\\' && quote != '`' ? 2 : 1;
        }

        if (end >= text.Length)
        {
            return Fail("unterminated quoted string");
        }

        string inside = text[(_next + 1)..end];
        string value = inside;
        if (quote != '`' && !GoUnquote.TryUnquote(inside, out value))
        {
            return Fail($"bad escape in quoted string {quote}{inside}{quote}");
        }

        if (quote == '\'' && new System.Globalization.StringInfo(value).LengthInTextElements != 1)
        {
            return Fail($"malformed character constant '{inside}'");
        }

        return Add(quote == '\'' ? TemplateTokenKind.Character : TemplateTokenKind.Quoted, value, end + 1 - _next);
    }

    private bool Add(TemplateTokenKind kind, string value, int consumed)
    {
        _tokens.Add(new TemplateToken(kind, value));
        _next += consumed;
        return true;
    }

    private static bool IsSpace(char character) => character is ' ' or '\t' or '\r' or '\n';

    private static bool IsWord(char character) => character == '_' || char.IsLetterOrDigit(character);

    private bool Fail(string error)
    {
        Error = error;
        return false;
    }
}
