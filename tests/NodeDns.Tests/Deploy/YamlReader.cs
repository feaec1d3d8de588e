using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace NodeDns.Tests.Deploy;

/// <summary>
/// The part of YAML that the manifests are written in: block mappings and sequences, plain and quoted scalars, literal text.
/// Everything else is refused, so that nothing is read otherwise than Kubernetes would read it.
/// </summary>
internal sealed partial class YamlReader
{
    private readonly string[] _lines;
    private int _at;

    private YamlReader(string[] lines) => _lines = lines;

    /// <summary>The documents of a file; empty ones are left out.</summary>
    public static List<JsonObject> Read(string text)
    {
        List<JsonObject> documents = [];
        List<string> lines = [];
        foreach (string line in text.Split('\n').Append("---"))
        {
            if (line != "---")
            {
                lines.Add(line);
                continue;
            }

            YamlReader reader = new([.. lines]);
            if (reader.Skip())
            {
                documents.Add((JsonObject)reader.Node(reader.Indent)!);
                if (reader.Skip())
                {
                    throw reader.Wrong("less indented than what stands before it");
                }
            }

            lines.Clear();
        }

        return documents;
    }

    private int Indent => _lines[_at].Length - _lines[_at].TrimStart(' ').Length;

    private string Text => _lines[_at].TrimStart(' ');

    private bool IsItem => Text.StartsWith("- ", StringComparison.Ordinal);

    /// <summary>Goes to the next line that says something; false at the end.</summary>
    private bool Skip()
    {
        while (_at < _lines.Length && (Text.Trim().Length == 0 || Text.StartsWith('#')))
        {
            _at++;
        }

        return _at < _lines.Length;
    }

    private JsonNode? Node(int indent) => IsItem ? Sequence(indent) : Mapping(indent);

    private JsonObject Mapping(int indent)
    {
        JsonObject mapping = [];
        while (Skip() && Indent == indent && !IsItem)
        {
            Match entry = EntryPattern().Match(Text);
            if (!entry.Success)
            {
                throw Wrong("expected \"key: value\"");
            }

            string key = entry.Groups["key"].Value.Trim('"');
            if (mapping.ContainsKey(key))
            {
                throw Wrong($"{key} is there twice");
            }

            mapping[key] = Value(indent, entry.Groups["value"].Value);
        }

        return mapping;
    }

    private JsonArray Sequence(int indent)
    {
        JsonArray sequence = [];
        while (Skip() && Indent == indent && IsItem)
        {
            string rest = Text[2..];
            if (EntryPattern().IsMatch(rest))
            {
                // The item is a mapping that begins on this line.
                _lines[_at] = new string(' ', indent + 2) + rest;
                sequence.Add((JsonNode)Mapping(indent + 2));
            }
            else
            {
                sequence.Add(Scalar(rest));
                _at++;
            }
        }

        return sequence;
    }

    private JsonNode? Value(int indent, string value)
    {
        if (value == "|")
        {
            _at++;
            return Literal(indent);
        }

        if (value.Length > 0 && !value.StartsWith('#'))
        {
            JsonNode? scalar = Scalar(value);
            _at++;
            return scalar;
        }

        _at++;
        return Skip() && (Indent > indent || (Indent == indent && IsItem)) ? Node(Indent) : null;
    }

    private string Literal(int indent)
    {
        List<string> text = [];
        while (_at < _lines.Length && (_lines[_at].Trim().Length == 0 || Indent > indent))
        {
            text.Add(_lines[_at++]);
        }

        int margin = text.Where(line => line.Trim().Length > 0).Select(line => line.Length - line.TrimStart(' ').Length).First();
        return string.Join('\n', text.Select(line => line.Length < margin ? "" : line[margin..])).TrimEnd('\n') + "\n";
    }

    private JsonNode? Scalar(string text)
    {
        if (text.StartsWith('"') || text.StartsWith('\''))
        {
            Match quoted = QuotedPattern().Match(text);
            if (!quoted.Success)
            {
                throw Wrong("a quote that does not end");
            }

            return text[0] == '"' ? JsonSerializer.Deserialize<string>(quoted.Groups[1].Value) : quoted.Groups[1].Value[1..^1];
        }

        int comment = text.IndexOf(" #", StringComparison.Ordinal);
        string plain = (comment < 0 ? text : text[..comment]).Trim();
        return plain switch
        {
            "true" => true,
            "false" => false,
            "null" or "~" => null,
            _ when AmbiguousPattern().IsMatch(plain) => throw Wrong($"{plain} needs quotes"),
            _ when NumberPattern().IsMatch(plain) => int.Parse(plain, CultureInfo.InvariantCulture),
            _ => plain,
        };
    }

    private FormatException Wrong(string what) => new($"line {_at + 1} of the document: {what}: {_lines[_at]}");

    [GeneratedRegex("""^(?<key>"[^"]*"|[A-Za-z$][^\s:"'#]*):(?:[ ]+(?<value>\S.*))?$""", RegexOptions.ExplicitCapture)]
    private static partial Regex EntryPattern();

    [GeneratedRegex("""^("(?:[^"\\]|\\.)*"|'[^']*')\s*(?:#.*)?$""")]
    private static partial Regex QuotedPattern();

    /// <summary>Flow style, anchors, folded text, tabs, and words that one YAML takes for booleans and another for text.</summary>
    [GeneratedRegex(@"^[\[{&*!>|%@`]|\t|: |^(yes|no|on|off|y|n)$|^0\d|^\d+\.\d+$", RegexOptions.IgnoreCase)]
    private static partial Regex AmbiguousPattern();

    [GeneratedRegex(@"^-?\d+$")]
    private static partial Regex NumberPattern();
}
