using System;
using System.Text;

namespace NodeDns.Admin;

/// <summary>What a request's first bytes say: just enough of HTTP/1.1 to answer a GET.</summary>
internal readonly record struct HttpRequestHead(string Method, string Path, long BodyLength)
{
    /// <summary>The value of the field, or empty; several are taken as one (RFC 9110 §5.3).</summary>
    public string Accept { get; private init; } = "";

    /// <summary>Whether the answer may be gzipped.</summary>
    public bool TakesGzip { get; private init; }

    /// <summary>Where the head ends, or -1 while its empty line has not come.</summary>
    public static int FindEnd(ReadOnlySpan<byte> received)
    {
        int end = received.IndexOf("\r\n\r\n"u8);
        if (end >= 0)
        {
            return end + 4;
        }

        // RFC 9112 §2.2: a single LF may be taken for the end of a line.
        end = received.IndexOf("\n\n"u8);
        return end < 0 ? -1 : end + 2;
    }

    /// <summary>Reads a complete head; false for anything that is not HTTP/1.x.</summary>
    public static bool TryParse(ReadOnlySpan<byte> head, out HttpRequestHead request)
    {
        request = default;
        string[] lines = Encoding.Latin1.GetString(head).Split('\n');
        string[] words = lines[0].TrimEnd('\r').Split(' ');
        if (words.Length != 3 || words[0].Length == 0 || !words[2].StartsWith("HTTP/1.", StringComparison.Ordinal))
        {
            return false;
        }

        string? path = ToPath(words[1]);
        if (path is null || !TryReadBodyLength(lines.AsSpan(1), out long bodyLength))
        {
            return false;
        }

        request = new HttpRequestHead(words[0], path, bodyLength)
        {
            Accept = Field(lines.AsSpan(1), "Accept"),
            TakesGzip = Preference.Of(Field(lines.AsSpan(1), "Accept-Encoding"), "gzip") > 0,
        };
        return true;
    }

    private static string Field(ReadOnlySpan<string> fields, string name)
    {
        string value = "";
        foreach (string field in fields)
        {
            if (field.Length > name.Length && field[name.Length] == ':' && field.StartsWith(name, StringComparison.OrdinalIgnoreCase))
            {
                value = $"{value}{(value.Length > 0 ? "," : "")}{field[(name.Length + 1)..].Trim()}";
            }
        }

        return value;
    }

    private static string? ToPath(string target)
    {
        // RFC 9112 §3.2.2: a server accepts the absolute form too.
        const string Scheme = "http://";
        if (target.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            int slash = target.IndexOf('/', Scheme.Length);
            target = slash < 0 ? "/" : target[slash..];
        }

        int query = target.IndexOf('?', StringComparison.Ordinal);
        string path = query < 0 ? target : target[..query];
        return path.StartsWith('/') || path == "*" ? path : null;
    }

    private static bool TryReadBodyLength(ReadOnlySpan<string> fields, out long length)
    {
        length = 0;
        foreach (string field in fields)
        {
            int colon = field.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
            {
                continue;
            }

            ReadOnlySpan<char> name = field.AsSpan(0, colon);
            ReadOnlySpan<char> value = field.AsSpan(colon + 1).Trim();
            if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) &&
                (!long.TryParse(value, out length) || length < 0))
            {
                return false;
            }

            if (name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase))
            {
                length = long.MaxValue;
            }
        }

        return true;
    }
}
