namespace NodeDns.Filters;

/// <summary>What a filter wants done with a question.</summary>
internal enum FilterVerdict : byte
{
    /// <summary>Nothing: the question goes on.</summary>
    Pass,

    /// <summary>The filter's own Write makes the answer.</summary>
    Answer,

    /// <summary>REFUSED, also made by the filter's Write.</summary>
    Refuse,

    /// <summary>Silence.</summary>
    Drop,
}
