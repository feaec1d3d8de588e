using System;
using NodeDns.Wire;

namespace NodeDns.Upstreams;

/// <summary>What is still to be done with an answer before it answers the question: DNS64 and CNAME chasing.</summary>
/// <remarks>Rare, so it is an object of its own; belongs to one question and is called by its worker only.</remarks>
internal abstract class FollowUp
{
    /// <summary>What is asked upstream now; null for the question itself.</summary>
    public byte[]? AskedName { get; protected set; }

    public RecordType? AskedType { get; protected set; }

    /// <summary>Whose upstreams are asked; null for those of the question's own zone.</summary>
    public RoutePlan? Route { get; protected set; }

    /// <summary>Takes an upstream's answer to what was asked.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="message">Room for the final message.</param>
    /// <param name="length">Its length when the status is Rewritten.</param>
    public abstract FollowUpStatus Continue(in ResponseView response, Span<byte> message, out int length);
}

/// <summary>What a follow-up made of an answer.</summary>
internal enum FollowUpStatus
{
    /// <summary>The answer stands as it is.</summary>
    Pass,

    /// <summary>The final message was written.</summary>
    Rewritten,

    /// <summary>One more question is to be asked: the properties say which.</summary>
    AskNext,

    Failed,
}
