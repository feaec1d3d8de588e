namespace NodeDns.Config;

/// <summary>The header bits that the header directive may change.</summary>
internal enum HeaderFlag : byte
{
    AuthoritativeAnswer,
    RecursionAvailable,
    RecursionDesired,
}
