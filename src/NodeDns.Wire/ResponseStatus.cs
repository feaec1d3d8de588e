namespace NodeDns.Wire;

/// <summary>
/// Whether an upstream's datagram answers the question asked; all but Ok and HeaderOnlyError are waited past.
/// </summary>
public enum ResponseStatus : byte
{
    Ok,
    TooShort,
    NotAResponse,
    WrongOpcode,
    WrongQuestionCount,
    WrongQuestion,

    /// <summary>An error without a question, which only the id ties to the query (RFC 1035 §4.1.1 allows it).</summary>
    HeaderOnlyError,

    /// <summary>The right question, but what follows cannot be read to its end.</summary>
    Malformed,
}
