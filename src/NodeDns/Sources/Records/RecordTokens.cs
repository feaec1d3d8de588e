using System;

namespace NodeDns.Sources.Records;

/// <summary>Cuts one record in master-file syntax (RFC 1035 §5.1) into its fields.</summary>
/// <remarks>Brackets join lines, a semicolon hides the rest of a line, quotes keep spaces. Never throws.</remarks>
internal ref struct RecordTokens(ReadOnlySpan<char> text)
{
    private readonly ReadOnlySpan<char> _text = text;
    private int _next;
    private int _depth;

    /// <summary>The current field, escapes unresolved; without its quotes where it is quoted as a whole.</summary>
    public ReadOnlySpan<char> Current { get; private set; }

    public bool IsQuoted { get; private set; }

    public string Error { get; private set; } = "";

    /// <summary>Goes to the next field; false at the end of the record or on an error.</summary>
    public bool MoveNext()
    {
        if (Error.Length > 0 || !SkipBlanks())
        {
            return false;
        }

        int start = _next;
        IsQuoted = _text[_next] == '"';
        bool inQuotes = false;
        for (; _next < _text.Length; _next++)
        {
            char character = _text[_next];
            if (character == '\\')
            {
                _next++;
            }
            else if (character == '"')
            {
                inQuotes = !inQuotes;
                if (IsQuoted && !inQuotes)
                {
                    Current = _text[(start + 1).._next++];
                    return true;
                }
            }
            else if (!inQuotes && character is ' ' or '\t' or '\r' or '\n' or ';' or '(' or ')')
            {
                break;
            }
        }

        if (inQuotes || _next > _text.Length)
        {
            return Fail(inQuotes ? "a quote is not closed" : "a backslash at the end");
        }

        Current = _text[start.._next];
        return true;
    }

    /// <summary>True once nothing but blanks and comments is left, lines after the record included.</summary>
    public bool IsAtEnd()
    {
        while (!SkipBlanks())
        {
            if (_next >= _text.Length || Error.Length > 0)
            {
                return Error.Length == 0;
            }

            _next++;
        }

        return false;
    }

    // True when a field begins here. Stops before a line end outside of brackets: the record is over there.
    private bool SkipBlanks()
    {
        for (; _next < _text.Length; _next++)
        {
            switch (_text[_next])
            {
                case ' ' or '\t' or '\r':
                    continue;
                case '\n' when _depth > 0:
                    continue;
                case '\n':
                    return false;
                case '(':
                    _depth++;
                    continue;
                case ')' when _depth > 0:
                    _depth--;
                    continue;
                case ')':
                    return Fail("a closing bracket too many");
                case ';':
                    int length = _text[_next..].IndexOf('\n');
                    _next = length < 0 ? _text.Length - 1 : _next + length - 1;
                    continue;
                default:
                    return true;
            }
        }

        return _depth > 0 && Fail("a bracket is not closed");
    }

    private bool Fail(string error)
    {
        Error = error;
        return false;
    }
}
