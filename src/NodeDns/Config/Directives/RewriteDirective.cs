using System.Collections.Immutable;
using System.Linq;
using NodeDns.Config.Syntax;
using NodeDns.Config.Values;

namespace NodeDns.Config.Directives;

/// <summary>rewrite [continue|stop] name|type|class|ttl|rcode|cname|edns0 ...; the words may also stand in a block.</summary>
internal sealed class RewriteDirective
{
    private static readonly string[] s_fields = ["name", "type", "class", "ttl", "rcode", "cname", "edns0"];

    private readonly DirectiveScope _scope;
    private readonly bool _continue;

    private RewriteDirective(DirectiveScope scope, bool goOn)
    {
        _scope = scope;
        _continue = goOn;
    }

    private SourceLocation Location => _scope.Name.Location;

    public static void Read(DirectiveScope scope)
    {
        // CoreDNS reads a block as if its words had been written on the directive's own line.
        ImmutableArray<Token> words =
            [.. scope.Arguments, .. scope.Options.SelectMany(option => option.Arguments.Prepend(option.Name))];
        string mode = words.IsEmpty ? "" : words[0].Text.ToLowerInvariant();
        words = mode is "continue" or "stop" ? words.RemoveAt(0) : words;
        if (words.IsEmpty)
        {
            scope.Error($"expected \"rewrite [continue|stop] {string.Join('|', s_fields)} ...\"");
            return;
        }

        RewriteRuleConfig? rule = new RewriteDirective(scope, mode == "continue").ReadRule(words[0], words.RemoveAt(0));
        if (rule is not null)
        {
            scope.Block = scope.Block with { Rewrites = scope.Block.Rewrites.Add(rule) };
        }
    }

    private RewriteRuleConfig? ReadRule(Token field, ImmutableArray<Token> words)
    {
        switch (field.Text.ToLowerInvariant())
        {
            case "name":
                return new NameRewriteReader(_scope, _continue).Read(field, words);
            case "type":
                return ReadType(field, words);
            case "class":
                return ReadClass(field, words);
            case "ttl":
                return ReadTtl(field, words);
            case "rcode":
                return ReadRcode(field, words);
            case "cname":
                return ReadCname(field, words);
            case "edns0":
                return new EdnsRewriteReader(_scope, _continue).Read(field, words);
            case "answer":
                _scope.Error(field, "answer follows a name rewrite: \"rewrite name FROM TO answer ...\"");
                return null;
            default:
                _scope.UnknownOption(field, s_fields);
                return null;
        }
    }

    private TypeRewriteConfig? ReadType(Token field, ImmutableArray<Token> words)
    {
        return Expect(field, words, words.Length == 2, "FROM TO")
            && _scope.TryType(words[0], out ushort from) && _scope.TryType(words[1], out ushort to)
            ? new TypeRewriteConfig(_continue, Location, from, to)
            : null;
    }

    private ClassRewriteConfig? ReadClass(Token field, ImmutableArray<Token> words)
    {
        return Expect(field, words, words.Length == 2, "FROM TO")
            && _scope.TryClass(words[0], out ushort from) && _scope.TryClass(words[1], out ushort to)
            ? new ClassRewriteConfig(_continue, Location, from, to)
            : null;
    }

    private TtlRewriteConfig? ReadTtl(Token field, ImmutableArray<Token> words)
    {
        return Expect(field, words, words.Length is 2 or 3, "[exact|prefix|suffix|substring|regex] NAME SECONDS|[MIN]-[MAX]")
            && TryMatch(ref words, 2, out NameMatch match)
            && NamePattern.TryRead(_scope, match, words[0], out string name)
            && TryTtlRange(words[1], out uint min, out uint max)
            ? new TtlRewriteConfig(_continue, Location, match, name, min, max)
            : null;
    }

    private bool TryTtlRange(Token token, out uint min, out uint max)
    {
        string[] ends = token.Text.Split('-');
        (min, max) = (0, int.MaxValue);
        bool valid = ends switch
        {
            [var one] => uint.TryParse(one, out min) && uint.TryParse(one, out max),
            ["", ""] => false,
            [var low, var high] => (low.Length == 0 || uint.TryParse(low, out min))
                && (high.Length == 0 || uint.TryParse(high, out max)),
            _ => false,
        };
        valid &= min <= max && token.Text.All(c => char.IsAsciiDigit(c) || c == '-');
        if (!valid)
        {
            _scope.Error(token, $"expected a TTL in seconds or a range such as 30-300, found {Shown.Text(token.Text)}");
        }

        return valid;
    }

    private RcodeRewriteConfig? ReadRcode(Token field, ImmutableArray<Token> words)
    {
        return Expect(field, words, words.Length is 3 or 4, "[exact|prefix|suffix|substring|regex] NAME FROM TO")
            && TryMatch(ref words, 3, out NameMatch match)
            && NamePattern.TryRead(_scope, match, words[0], out string name)
            && TryRcode(words[1], out ushort from) && TryRcode(words[2], out ushort to)
            ? new RcodeRewriteConfig(_continue, Location, match, name, from, to)
            : null;
    }

    /// <summary>Here a response code may also be a number.</summary>
    private bool TryRcode(Token token, out ushort rcode)
    {
        bool number = AddressText.TryParseNumber(token.Text, 0, 23, out int value);
        rcode = (ushort)value;
        return number || _scope.TryRcode(token, out rcode);
    }

    private CnameRewriteConfig? ReadCname(Token field, ImmutableArray<Token> words)
    {
        return Expect(field, words, words.Length is 2 or 3, "[exact|prefix|suffix|substring|regex] FROM TO")
            && TryMatch(ref words, 2, out NameMatch match)
            && NamePattern.TryRead(_scope, match, words[0], out string from, out int groups)
            && NamePattern.TryReplacement(_scope, match, words[1], groups, out string to)
            ? new CnameRewriteConfig(_continue, Location, match, from, to)
            : null;
    }

    /// <summary>Takes the kind of match away from the front where there is one word more than needed.</summary>
    private bool TryMatch(ref ImmutableArray<Token> words, int needed, out NameMatch match)
    {
        match = NameMatch.Exact;
        if (words.Length == needed)
        {
            return true;
        }

        bool known = NamePattern.TryMatch(_scope, words[0], out match);
        words = words.RemoveAt(0);
        return known;
    }

    private bool Expect(Token field, ImmutableArray<Token> words, bool enough, string syntax)
    {
        if (!enough)
        {
            _scope.Error(field, $"expected \"{field.Text} {syntax}\", found {words.Length} words after {field.Text}");
        }

        return enough;
    }
}
