using System;
using System.Collections.Generic;

namespace NodeDns.Templates.Expressions;

/// <summary>Cuts an expression into tokens.</summary>
internal static class ExpressionLexer
{
    // The longer ones first, so that none is taken for the beginning of another.
    private static readonly string[] s_operators =
    [
        "==", "!=", "<=", ">=", "&&", "||", "??", "<", ">", "+", "-", "*", "/", "%", "!",
        "?", ":", "(", ")", "[", "]", "{", "}", ",", ".", "#", "|",
    ];

    public static bool TryRead(string text, out List<ExpressionToken> tokens, out string error)
    {
        tokens = [];
        error = "";
        for (int i = 0; i < text.Length;)
        {
            char current = text[i];
            int length = 1;
            if (char.IsWhiteSpace(current))
            {
                i++;
                continue;
            }

            if (current is '"' or '\'' or '`')
            {
                if (!TryQuoted(text, i, out string value, out length))
                {
                    error = "a quote is not closed, or a bad escape";
                    return false;
                }

                tokens.Add(new ExpressionToken('q', value));
            }
            else if (char.IsAsciiDigit(current))
            {
                length = Span(text, i, c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_');
                tokens.Add(new ExpressionToken('n', text.Substring(i, length)));
            }
            else if (char.IsAsciiLetter(current) || current == '_')
            {
                length = Span(text, i, c => char.IsAsciiLetterOrDigit(c) || c == '_');
                tokens.Add(new ExpressionToken('w', text.Substring(i, length)));
            }
            else if (Array.Find(s_operators, o => string.CompareOrdinal(text, i, o, 0, o.Length) == 0) is string found)
            {
                length = found.Length;
                tokens.Add(new ExpressionToken('o', found));
            }
            else
            {
                error = $"unexpected \"{current}\"";
                return false;
            }

            i += length;
        }

        tokens.Add(new ExpressionToken('e', "the end"));
        return true;
    }

    private static bool TryQuoted(string text, int start, out string value, out int length)
    {
        char quote = text[start];
        int end = start + 1;
        while (end < text.Length && text[end] != quote)
        {
            end += text[end] == '\\' && quote != '`' ? 2 : 1;
        }

        value = end < text.Length ? text[(start + 1)..end] : "";
        length = end + 1 - start;
        return end < text.Length && (quote == '`' || GoUnquote.TryUnquote(value, out value));
    }

    private static int Span(string text, int start, Predicate<char> belongs)
    {
        int end = start;
        while (end < text.Length && belongs(text[end]))
        {
            end++;
        }

        return end - start;
    }
}
