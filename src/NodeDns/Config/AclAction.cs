namespace NodeDns.Config;

/// <summary>What an acl rule does with a question it matches.</summary>
internal enum AclAction : byte
{
    Allow,

    /// <summary>REFUSED.</summary>
    Block,

    /// <summary>An empty NOERROR answer.</summary>
    Filter,

    /// <summary>No answer at all.</summary>
    Drop,
}
