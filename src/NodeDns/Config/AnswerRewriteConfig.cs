namespace NodeDns.Config;

/// <summary>answer name or answer value of a name rewrite.</summary>
/// <param name="OnValue">The names inside the records' data are rewritten, not the owner names.</param>
/// <param name="From">A regular expression in Go's syntax, known to compile.</param>
/// <param name="To">A text in which {0} is the whole match and {1}... its groups.</param>
internal sealed record AnswerRewriteConfig(bool OnValue, string From, string To);
