using System.Collections.Immutable;
using System.Text;

namespace NodeDns.Config.Syntax;

/// <summary>Text to tokens, with CoreDNS's quirks.</summary>
/// <remarks>
/// Tokens end at white space. A quote is special only at the start of a token, and inside it only \" is an escape, so
/// regular expressions are written as they are. A # cuts a token, and hides what follows: after white space the rest
/// of the line, inside a token only up to the next white space. Carriage returns are as if they were not there.
/// </remarks>
internal sealed class CorefileLexer
{
    private const char ByteOrderMark = '\ufeff';

    private readonly string _text;
    private readonly string _file;
    private readonly ErrorList _errors;
    private readonly ImmutableArray<Token>.Builder _tokens = ImmutableArray.CreateBuilder<Token>();
    private int _at;
    private int _line = 1;
    private int _lineStart;
    private bool _startsLine = true;

    private CorefileLexer(string text, string file, ErrorList errors)
    {
        _text = text;
        _file = file;
        _errors = errors;
        _at = _lineStart = text.StartsWith(ByteOrderMark) ? 1 : 0;
    }

    private SourceLocation Here => new(_file, _line, _at - _lineStart + 1);

    public static ImmutableArray<Token> Lex(string text, string file, ErrorList errors)
    {
        var lexer = new CorefileLexer(text, file, errors);
        while (lexer._at < text.Length)
        {
            lexer.Step();
        }

        return lexer._tokens.ToImmutable();
    }

    private void Step()
    {
        char c = _text[_at];
        if (c == '\n')
        {
            NewLine();
        }
        else if (char.IsWhiteSpace(c))
        {
            _at++;
        }
        else if (c == '#')
        {
            int end = _text.IndexOf('\n', _at);
            _at = end < 0 ? _text.Length : end;
        }
        else if (c == '"')
        {
            Quoted();
        }
        else
        {
            Word();
        }
    }

    private void NewLine()
    {
        _at++;
        _line++;
        _lineStart = _at;
        _startsLine = true;
    }

    private void Word()
    {
        SourceLocation start = Here;
        var word = new StringBuilder();
        bool cut = false;
        for (; _at < _text.Length; _at++)
        {
            char c = _text[_at];
            if (c == '\r')
            {
                continue;
            }

            if (char.IsWhiteSpace(c))
            {
                break;
            }

            cut |= c == '#';
            if (!cut)
            {
                word.Append(c);
            }
        }

        string text = word.ToString();
        if (text == "{}")
        {
            // CoreDNS reads this as an argument and ignores it; an empty block is what is meant.
            Add("{", start, isLiteral: false);
            Add("}", start with { Column = start.Column + 1 }, isLiteral: false);
        }
        else
        {
            Add(text, start, isLiteral: false);
        }
    }

    private void Quoted()
    {
        SourceLocation start = Here;
        bool startsLine = _startsLine;
        var word = new StringBuilder();
        for (_at++; _at < _text.Length; _at++)
        {
            char c = _text[_at];
            if (c == '"')
            {
                _at++;
                _startsLine = startsLine;
                Add(word.ToString(), start, isLiteral: true);
                return;
            }

            if (c == '\\' && _at + 1 < _text.Length)
            {
                // Only \" loses its backslash; the pair is taken together so that \\" ends the quote.
                char next = _text[_at + 1];
                if (next is '"')
                {
                    word.Append('"');
                    _at++;
                    continue;
                }

                if (next is '\\')
                {
                    word.Append('\\');
                    _at++;
                    c = '\\';
                }
            }

            word.Append(c);
            if (c == '\n')
            {
                _line++;
                _lineStart = _at + 1;
            }
        }

        _errors.Add(start, null, "this quote is never closed; expected \" before the end of the file");
    }

    private void Add(string text, SourceLocation at, bool isLiteral)
    {
        _tokens.Add(new Token(text, at, _startsLine, isLiteral));
        _startsLine = false;
    }
}
