using System.Collections.Immutable;

namespace NodeDns.Config;

/// <summary>rewrite name: another name is asked for, and answers are put back as <see cref="Answers"/> say.</summary>
/// <param name="To">For a regular expression: a text in which {0} is the whole match and {1}... its groups.</param>
/// <param name="AutoAnswer">Names in the answer are turned back to what was asked for.</param>
internal sealed record NameRewriteConfig(
    bool Continue,
    SourceLocation Location,
    NameMatch Match,
    string From,
    string To,
    bool AutoAnswer,
    ImmutableArray<AnswerRewriteConfig> Answers) : RewriteRuleConfig(Continue, Location);
