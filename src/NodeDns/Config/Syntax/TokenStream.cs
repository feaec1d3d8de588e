using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using NodeDns.Config.Values;

namespace NodeDns.Config.Syntax;

/// <summary>The tokens of a Corefile one after the other, with imports put in place and variables replaced.</summary>
/// <remarks>
/// Imports are a stack of token lists, not a recursion. A list stays on the stack until the next token is asked for, so
/// that whoever imports what is still on the stack imports itself.
/// </remarks>
internal sealed class TokenStream(ReadingState state)
{
    private readonly PillarTable _pillars = new(state.Context);
    private readonly Dictionary<string, ImmutableArray<Token>> _snippets = new(StringComparer.Ordinal);

    /// <summary>Each file is read once, however often it is imported.</summary>
    private readonly Dictionary<string, ImmutableArray<Token>> _files = new(StringComparer.Ordinal);
    private readonly Stack<Frame> _frames = new();
    private readonly CorefileContext _context = state.Context;
    private readonly ErrorList _errors = state.Errors;
    private int _snippetImports;
    private int _fileImports;
    private int _tokens;

    /// <summary>Off while the body of a snippet is collected: its imports are made where it is used.</summary>
    public bool ExpandImports { get; set; } = true;

    public void Start(string text, string file) => Push(file, Lex(text, file));

    public bool HasSnippet(string name) => _snippets.ContainsKey(name);

    public void DefineSnippet(string name, ImmutableArray<Token> body)
    {
        // The first word may stand on the line of the brace; where the snippet is imported it begins a line.
        _snippets[name] = body.IsEmpty ? body : body.SetItem(0, body[0] with { StartsLine = true });
    }

    public Token? Peek()
    {
        while (_frames.TryPeek(out Frame? frame))
        {
            if (frame.At == frame.Tokens.Length)
            {
                _frames.Pop();
                continue;
            }

            Token token = frame.Tokens[frame.At];
            if (!ExpandImports || !token.StartsLine || token.IsLiteral || token.Text != "import")
            {
                return token;
            }

            Import(frame);
        }

        return null;
    }

    public Token? Next()
    {
        if (Peek() is not Token token)
        {
            return null;
        }

        _frames.Peek().At++;
        if (++_tokens == CorefileLimits.MaxTokens)
        {
            _errors.Add(token.Location, null, $"more than {CorefileLimits.MaxTokens} words, imports counted each time");
            _frames.Clear();
        }

        return token;
    }

    private void Import(Frame frame)
    {
        Token import = frame.Tokens[frame.At++];
        var arguments = new List<Token>();
        while (frame.At < frame.Tokens.Length && !frame.Tokens[frame.At].StartsLine)
        {
            arguments.Add(frame.Tokens[frame.At++]);
        }

        if (arguments is not [{ Text.Length: > 0 } argument])
        {
            _errors.Add(import.Location, "import", $"takes one snippet, file or pattern, found {arguments.Count} words");
        }
        else if (_snippets.TryGetValue(argument.Text, out ImmutableArray<Token> snippet))
        {
            ImportSnippet(argument, snippet);
        }
        else
        {
            ImportFiles(argument);
        }
    }

    private void ImportSnippet(Token name, ImmutableArray<Token> snippet)
    {
        string key = $"({name.Text})";
        if (_frames.Any(frame => frame.Name == key))
        {
            _errors.Add(name.Location, "import", $"the snippet {Shown.Text(key)} imports itself");
        }
        else if (++_snippetImports > CorefileLimits.MaxSnippetImports)
        {
            _errors.Add(name.Location, "import", $"more than {CorefileLimits.MaxSnippetImports} imports of snippets");
        }
        else
        {
            Push(key, snippet);
        }
    }

    private void ImportFiles(Token argument)
    {
        if (argument.Text.Contains('\0', StringComparison.Ordinal))
        {
            _errors.Add(argument.Location, "import", $"{Shown.Text(argument.Text)} is not a path");
            return;
        }

        string path = ImportPath.RelativeTo(argument.Location.File, argument.Text);
        bool pattern = ImportPath.IsPattern(path);
        if (pattern && ImportPath.Check(path) is string wrong)
        {
            _errors.Add(argument.Location, "import", $"{Shown.Text(argument.Text)}: {wrong}");
            return;
        }

        ImmutableArray<string> files = pattern ? ImportPath.Match(path, _context.Files) : [path];
        if (files.IsEmpty)
        {
            _errors.Warn(argument.Location, "import", $"no file matches {Shown.Text(argument.Text)}");
        }

        // The stack gives back what was pushed last, so the last file goes first.
        foreach (string file in files.Reverse())
        {
            ImportFile(argument, file);
        }
    }

    private void ImportFile(Token argument, string file)
    {
        // Of the files of one pattern only the one being read can import; the others wait with no token taken.
        if (_frames.Any(frame => frame.At > 0 && SamePath(frame.Name, file)))
        {
            _errors.Add(argument.Location, "import", $"{Shown.Text(file)} imports itself");
            return;
        }

        if (++_fileImports > CorefileLimits.MaxFileImports)
        {
            _errors.Add(argument.Location, "import", $"more than {CorefileLimits.MaxFileImports} imports of files");
            return;
        }

        if (_files.TryGetValue(file, out ImmutableArray<Token> known))
        {
            Push(file, known);
            return;
        }

        string? text = _context.Files.TryRead(file, out string error);
        state.Watch(file);
        if (text is null)
        {
            string snippets = _snippets.Count == 0 ? "" : Suggestion.For(argument.Text, _snippets.Keys);
            _errors.Add(
                argument.Location,
                "import",
                $"there is no snippet ({argument.Text}) above this line, and the file {Shown.Text(file)} cannot be read: {error}{snippets}");
            return;
        }

        Push(file, _files[file] = Lex(text, file));
    }

    private ImmutableArray<Token> Lex(string text, string file) =>
        [.. CorefileLexer.Lex(text, file, _errors).SelectMany(token => _pillars.Expand(token, _errors)).Select(Resolve)];

    private Token Resolve(Token token)
    {
        if (!token.Text.Contains('{', StringComparison.Ordinal))
        {
            return token;
        }

        string text = EnvironmentText.Replace(token.Text, _context.Environment, name => _errors.Warn(
            token.Location, null, $"the environment variable {Shown.Text(name)} is not set; it is replaced by nothing"));
        return ReferenceEquals(text, token.Text) ? token : token with { Text = text, IsLiteral = true };
    }

    private void Push(string name, ImmutableArray<Token> tokens) => _frames.Push(new Frame(name, tokens));

    private static bool SamePath(string a, string b) => Path.GetFullPath(a) == Path.GetFullPath(b);

    /// <summary>A list of tokens that is being read: a file, or the body of a snippet.</summary>
    private sealed class Frame(string name, ImmutableArray<Token> tokens)
    {
        public string Name { get; } = name;

        public ImmutableArray<Token> Tokens { get; } = tokens;

        public int At { get; set; }
    }
}
