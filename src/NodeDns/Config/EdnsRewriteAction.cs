namespace NodeDns.Config;

/// <summary>What rewrite edns0 does with an option of the question.</summary>
internal enum EdnsRewriteAction : byte
{
    /// <summary>Replace it, or add it when it is missing.</summary>
    Set,

    /// <summary>Add it, whether or not there is one already.</summary>
    Append,

    /// <summary>Replace it only where it exists.</summary>
    Replace,

    /// <summary>Take it away.</summary>
    Unset,
}
