using System.Collections.Immutable;
using System.Linq;
using NodeDns.Config.Syntax;
using NodeDns.Config.Values;

namespace NodeDns.Config.Directives;

/// <summary>rewrite name [MATCH] FROM TO [answer auto | answer name FROM TO | answer value FROM TO]...</summary>
internal sealed class NameRewriteReader(DirectiveScope scope, bool goOn)
{
    private const string Syntax =
        "[exact|prefix|suffix|substring|regex] FROM TO [answer auto|name FROM TO|value FROM TO]...";

    private bool _auto;

    public NameRewriteConfig? Read(Token field, ImmutableArray<Token> words)
    {
        if (words.Length < 2)
        {
            scope.Error(field, $"expected \"name {Syntax}\"");
            return null;
        }

        NameMatch match = NameMatch.Exact;
        if (words.Length > 2)
        {
            if (!NamePattern.TryMatch(scope, words[0], out match))
            {
                return null;
            }

            words = words.RemoveAt(0);
        }

        if (!NamePattern.TryRead(scope, match, words[0], out string from, out int groups)
            || !NamePattern.TryReplacement(scope, match, words[1], groups, out string to)
            || !TryAnswers(words.RemoveRange(0, 2), out ImmutableArray<AnswerRewriteConfig> answers))
        {
            return null;
        }

        if (_auto && answers.Any(answer => !answer.OnValue))
        {
            scope.Error(field, "answer auto and answer name exclude each other");
        }

        // An exact rewrite is always undone in the answer: there is only one name that it can have come from.
        bool auto = _auto || match == NameMatch.Exact;
        return new NameRewriteConfig(goOn, scope.Name.Location, match, from, to, auto, answers);
    }

    private bool TryAnswers(ImmutableArray<Token> words, out ImmutableArray<AnswerRewriteConfig> answers)
    {
        var rules = ImmutableArray.CreateBuilder<AnswerRewriteConfig>();
        answers = [];
        for (int i = 0; i < words.Length;)
        {
            // After the first rule the word "answer" may be left out.
            bool named = words[i].Text == "answer";
            Token kind = named && i + 1 < words.Length ? words[i + 1] : words[i];
            i += named ? 2 : 1;
            switch (kind.Text)
            {
                case "auto" when named || _auto || rules.Count > 0:
                    _auto = true;
                    break;
                case "name" or "value" when i + 1 < words.Length && (named || _auto || rules.Count > 0):
                    if (!scope.TryRegex(words[i], out string from, out int groups)
                        || !NamePattern.TryReplacement(scope, NameMatch.Regex, words[i + 1], groups, out string to))
                    {
                        return false;
                    }

                    rules.Add(new AnswerRewriteConfig(kind.Text == "value", from, to));
                    i += 2;
                    break;
                default:
                    scope.Error(kind, $"expected \"name {Syntax}\", found {Shown.Text(kind.Text)}");
                    return false;
            }
        }

        answers = rules.ToImmutable();
        return true;
    }
}
