namespace NodeDns.Config;

/// <summary>Whether a name has addresses, has none, or nobody said.</summary>
internal enum HostLookupStatus
{
    Found,
    DoesNotExist,
    NoAnswer,
}
