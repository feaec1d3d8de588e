namespace NodeDns.Upstreams;

/// <summary>What another thread tells a worker.</summary>
internal enum InboxKind
{
    /// <summary>A TCP client made a question; this worker is to send it.</summary>
    Start,

    /// <summary>A connection brought an answer.</summary>
    Answer,

    /// <summary>A connection could not be made or closed before the answer came.</summary>
    Lost,
}

/// <summary>One message to a worker.</summary>
/// <param name="Question">Index in the in-flight table.</param>
/// <param name="Generation">Tells a question from a later one at the same place.</param>
/// <param name="Message">Rented from the shared pool, returned by the worker; null without an answer.</param>
/// <param name="Reused">The connection stood before, so its close is no sign of a dead upstream.</param>
/// <param name="IsBlamed">One of the queries that a connection takes with it stands for the upstream's failure.</param>
internal readonly record struct InboxItem(
    InboxKind Kind, int Question, int Generation, byte[]? Message, int Length, bool Reused, bool IsBlamed = true);
