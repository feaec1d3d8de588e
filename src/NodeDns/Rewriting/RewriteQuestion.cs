using NodeDns.Wire;

namespace NodeDns.Rewriting;

/// <summary>The question while the rules walk over it.</summary>
internal struct RewriteQuestion
{
    /// <summary>Lower case, with its last dot.</summary>
    public string Name { get; set; }

    public RecordType Type { get; set; }

    public RecordClass Class { get; set; }
}
