using System;
using NodeDns.Upstreams;

namespace NodeDns.Pipeline;

/// <summary>What the log and the extended error say of a question that a bound turned away.</summary>
internal static class FullText
{
    /// <summary>What a question met after it was taken: <c>max_concurrent</c>, or no socket left.</summary>
    public static ReadOnlySpan<byte> OfForwarding => "a bound of forwarding is reached"u8;

    public static string Of(JoinStatus status) => status switch
    {
        JoinStatus.ClientFull => "this client has too many questions in flight",
        JoinStatus.QuestionFull => "too many clients wait for this question",
        _ => "too many questions in flight",
    };

    public static ReadOnlySpan<byte> BytesOf(JoinStatus status) => status switch
    {
        JoinStatus.ClientFull => "this client has too many questions in flight"u8,
        JoinStatus.QuestionFull => "too many clients wait for this question"u8,
        _ => "too many questions in flight"u8,
    };
}
