namespace NodeDns.Config;

/// <summary>How a rule compares the name of a question, a lower-case FQDN with its last dot.</summary>
internal enum NameMatch : byte
{
    Exact,
    Prefix,
    Suffix,
    Substring,

    /// <summary>A regular expression in Go's syntax, known to compile, not anchored.</summary>
    Regex,
}
