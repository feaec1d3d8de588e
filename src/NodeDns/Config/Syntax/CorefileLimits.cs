namespace NodeDns.Config.Syntax;

/// <summary>What bounds the reading of a Corefile: no text, however hostile, may cost unbounded time or memory.</summary>
internal static class CorefileLimits
{
    /// <summary>Tokens of all files together, with each import counted anew.</summary>
    public const int MaxTokens = 1_000_000;

    /// <summary>CoreDNS's caps on imports.</summary>
    public const int MaxSnippetImports = 10_000;
    public const int MaxFileImports = 100_000;

    /// <summary>Directives of all server blocks together.</summary>
    public const int MaxDirectives = 20_000;

    /// <summary>Regular expressions of all directives together.</summary>
    public const int MaxPatterns = 10_000;

    /// <summary>Names of hosts and interfaces looked up while reading.</summary>
    public const int MaxLookups = 100;

    /// <summary>Blocks inside blocks; no directive has more than one inside another.</summary>
    public const int MaxBlockDepth = 8;

    /// <summary>Errors reported; nobody reads more, and random bytes have thousands.</summary>
    public const int MaxErrors = 200;
}
