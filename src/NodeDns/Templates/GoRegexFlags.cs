using System;

namespace NodeDns.Templates;

/// <summary>The flags of a Go regular expression that are in force at one place of the pattern.</summary>
[Flags]
internal enum GoRegexFlags : byte
{
    None = 0,
    IgnoreCase = 1,
    Multiline = 2,
    DotNewline = 4,
    Ungreedy = 8,
}
