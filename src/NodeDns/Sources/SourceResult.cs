using System;
using NodeDns.Metrics;
using NodeDns.Wire;

namespace NodeDns.Sources;

/// <summary>What a source says besides its answer.</summary>
internal struct SourceResult
{
    public SourceResult()
    {
    }

    /// <summary>The extended error to put into the answer's OPT.</summary>
    public ExtendedError Error { get; set; } = ExtendedError.None;

    /// <summary>The text of the extended error, UTF-8.</summary>
    public ReadOnlyMemory<byte> ErrorText { get; set; }

    /// <summary>The name that the answer's last CNAME leads to, in wire form, when its addresses are still missing.</summary>
    public byte[]? ChaseTarget { get; set; }

    /// <summary>Which source made the answer.</summary>
    public Answerer By { get; set; }

    /// <summary>Why there is no answer, for the error log.</summary>
    public string? Failure { get; set; }
}
