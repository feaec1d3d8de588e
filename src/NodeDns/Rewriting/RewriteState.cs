using System;
using System.Collections.Generic;
using System.Linq;
using NodeDns.Filters;
using NodeDns.Wire;

namespace NodeDns.Rewriting;

/// <summary>What was done to one question, kept until its answer has been put back into the client's words.</summary>
internal sealed class RewriteState
{
    private readonly List<ResponseRule> _responseRules = [];

    public RewriteState(in QueryContext query)
    {
        OriginalName = query.QuestionName.ToArray();
        OriginalType = query.Type;
        OriginalClass = query.Class;
    }

    /// <summary>The name as the client wrote it, in wire form.</summary>
    public byte[] OriginalName { get; }

    public RecordType OriginalType { get; }

    public RecordClass OriginalClass { get; }

    /// <summary>A rule made something that is not a domain name: the question gets SERVFAIL.</summary>
    public bool HasFailed { get; set; }

    /// <summary>EDNS options (RFC 6891 §6.1.2) that the question carries upstream.</summary>
    public ReadOnlyMemory<byte> UpstreamOptions { get; set; }

    /// <summary>After the answer was restored: the name of a rewritten CNAME whose records have to be added to it.</summary>
    public byte[]? ChaseTarget { get; set; }

    /// <summary>Rules for the answer, the last rewrite first.</summary>
    public IEnumerable<ResponseRule> ResponseRules => Enumerable.Reverse(_responseRules);

    public bool HasResponseRules => _responseRules.Count > 0;

    public void Add(ResponseRule rule) => _responseRules.Add(rule);
}
