namespace NodeDns.Sources;

/// <summary>What a source below the cache did with a question.</summary>
internal enum SourceVerdict : byte
{
    /// <summary>It is not for this source: the next one is asked.</summary>
    Pass,

    /// <summary>The writer holds the answer.</summary>
    Answered,

    /// <summary>It is for this source, but there is no answer: SERVFAIL.</summary>
    ServFail,
}
