namespace NodeDns.Upstreams;

/// <summary>A query on its way to a connection.</summary>
/// <param name="Question">Index in the in-flight table.</param>
/// <param name="Generation">Tells the question from a later one at the same place.</param>
/// <param name="Message">Rented from the shared pool; returned by the connection.</param>
/// <param name="Length">Bytes of the message; its id is set by the connection.</param>
/// <param name="Sink">Whose question it is.</param>
internal readonly record struct TcpQuery(int Question, int Generation, byte[] Message, int Length, IAnswerSink Sink);
