using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using NodeDns.Config.Syntax;
using NodeDns.Config.Values;
using NodeDns.Templates;
using NodeDns.Templates.Expressions;

namespace NodeDns.Config.Directives;

/// <summary>template CLASS TYPE [ZONES...] { match, answer, additional, authority, rcode, ederror, fallthrough, var, expr }</summary>
internal sealed class TemplateDirective
{
    private const string MatchAll = ".*";
    private const ushort NameError = 3;

    private readonly DirectiveScope _scope;
    private readonly List<string> _matches = [];
    private readonly List<string> _answers = [];
    private readonly List<string> _additionals = [];
    private readonly List<string> _authorities = [];
    private readonly List<TemplateVariableConfig> _variables = [];
    private readonly List<string> _expressions = [];
    private readonly List<(Token Place, string Text)> _unchecked = [];
    private TemplateConfig _template;

    private TemplateDirective(DirectiveScope scope, ushort @class, ushort type)
    {
        _scope = scope;
        _template = new TemplateConfig
        {
            Class = @class,
            Type = type,
            Zones = scope.ZonesOrBlock(scope.Arguments.RemoveRange(0, 2)),
            Matches = [],
            Location = scope.Name.Location,
        };
    }

    public static void Read(DirectiveScope scope)
    {
        if (scope.Arguments.Length < 2)
        {
            scope.Error("expected \"template CLASS TYPE [ZONES...]\", for example \"template IN ANY example.org {\"");
            return;
        }

        _ = scope.TryClass(scope.Arguments[0], out ushort @class);
        _ = scope.TryType(scope.Arguments[1], out ushort type);
        var reader = new TemplateDirective(scope, @class, type);
        scope.ReadOptions(new Dictionary<string, Action<DirectiveSyntax>>
        {
            ["match"] = reader.ReadMatch,
            ["answer"] = option => reader.ReadTexts(option, reader._answers),
            ["additional"] = option => reader.ReadTexts(option, reader._additionals),
            ["authority"] = option => reader.ReadTexts(option, reader._authorities),
            ["rcode"] = reader.ReadRcode,
            ["ederror"] = reader.ReadExtendedError,
            ["fallthrough"] = option => reader._template = reader._template with { Fallthrough = scope.Fallthrough(option) },
            ["var"] = reader.ReadVariable,
            ["expr"] = reader.ReadExpression,
            ["upstream"] = option => scope.Warn(option.Name, "upstream has no effect; names are always looked up through this server"),
        });
        reader.Finish();
    }

    private void ReadMatch(DirectiveSyntax option)
    {
        if (_scope.TryArguments(option, 1, int.MaxValue, "REGEX...", out ImmutableArray<Token> words))
        {
            foreach (Token word in words)
            {
                if (_scope.TryRegex(word, out string pattern))
                {
                    _matches.Add(pattern);
                }
            }
        }
    }

    private void ReadTexts(DirectiveSyntax option, List<string> texts)
    {
        if (_scope.TryArguments(option, 1, int.MaxValue, "RECORD...", out ImmutableArray<Token> words))
        {
            foreach (Token word in words)
            {
                CheckTemplate(word);
                texts.Add(word.Text);
            }
        }
    }

    /// <summary>A record without quotes falls into words, each taken for a record; half an action shows it best.</summary>
    private void CheckTemplate(Token word)
    {
        if (!GoTemplate.TryParse(word.Text, out _, out string error))
        {
            string hint = word.IsLiteral ? "" : "; put the whole record into quotes";
            _scope.Error(word, $"bad template {Shown.Text(word.Text)}: {error}{hint}");
        }
    }

    private void ReadRcode(DirectiveSyntax option)
    {
        if (_scope.TryOne(option, "CODE", out Token token) && _scope.TryRcode(token, out ushort rcode))
        {
            _template = _template with { Rcode = rcode };
        }
    }

    private void ReadExtendedError(DirectiveSyntax option)
    {
        if (!_scope.TryArguments(option, 1, 2, "CODE [REASON]", out ImmutableArray<Token> words))
        {
            return;
        }

        if (!ushort.TryParse(words[0].Text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort code))
        {
            _scope.Error(words[0], $"expected the number of an extended error (RFC 8914), found {Shown.Text(words[0].Text)}");
            return;
        }

        _template = _template with { ExtendedError = new TemplateErrorConfig(code, words.Length > 1 ? words[1].Text : "") };
    }

    private void ReadVariable(DirectiveSyntax option)
    {
        if (!_scope.TryArguments(option, 2, int.MaxValue, "NAME EXPRESSION", out ImmutableArray<Token> words))
        {
            return;
        }

        string name = words[0].Text;
        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') || char.IsAsciiDigit(name.FirstOrDefault('0')))
        {
            _scope.Error(words[0], $"expected a name of letters, digits and _, found {Shown.Text(name)}");
        }

        string expression = Joined(words.Skip(1));
        CheckExpression(words[1], expression);
        _variables.Add(new TemplateVariableConfig(name, expression));
    }

    private void ReadExpression(DirectiveSyntax option)
    {
        if (_scope.TryArguments(option, 1, int.MaxValue, "EXPRESSION", out ImmutableArray<Token> words))
        {
            string expression = Joined(words);
            _unchecked.Add((words[0], expression));
            _expressions.Add(expression);
        }
    }

    /// <summary>Expressions may be written without quotes; white space in them does not matter.</summary>
    private static string Joined(IEnumerable<Token> words) => string.Join(' ', words.Select(word => word.Text));

    private void CheckExpression(Token place, string text)
    {
        bool parsed = TemplateExpression.TryParse(
            text, QuestionFunctions.Exists, name => _variables.Exists(v => v.Name == name), out _, out string error);
        if (!parsed)
        {
            _scope.Error(place, $"bad expression {Shown.Text(text)}: {error}");
        }
    }

    private void Finish()
    {
        // A condition may stand above the variables that it uses, so all of them have to be read first.
        foreach ((Token place, string text) in _unchecked)
        {
            CheckExpression(place, text);
        }

        bool matchesAll = _matches.Count == 0 || _matches.Contains(MatchAll);
        if (!matchesAll && _template.Fallthrough.IsEmpty)
        {
            _scope.Warn(
                _scope.Name,
                "without fallthrough every other name in its zones gets SERVFAIL and is never forwarded; add \"fallthrough\"");
        }

        if (_template.Rcode == NameError && _authorities.Count == 0)
        {
            _scope.Warn(_scope.Name, "NXDOMAIN without an SOA record as authority is not cached by clients");
        }

        TemplateConfig template = _template with
        {
            Matches = _matches.Count == 0 ? [MatchAll] : [.. _matches],
            Answers = [.. _answers],
            Additionals = [.. _additionals],
            Authorities = [.. _authorities],
            Variables = [.. _variables],
            Expressions = [.. _expressions],
        };
        _scope.Block = _scope.Block with { Templates = _scope.Block.Templates.Add(template) };
    }
}
