namespace NodeDns.Upstreams;

/// <summary>A query on its way to a connection.</summary>
/// <param name="Question">Index in the in-flight table.</param>
/// <param name="Generation">Tells the question from a later one at the same place.</param>
/// <param name="Message">Rented from the shared pool; returned by the connection.</param>
/// <param name="Length">Bytes of the message; its id is set by the connection.</param>
/// <param name="Sink">Whose question it is.</param>
/// <param name="Avoid">
/// Number of a connection that a try before this one was on: behind a Service address another one may lead to another
/// pod. <see cref="FreshOnly"/> after a connection closed under the query: only one opened after that will do, the others may be closing, too.
/// </param>
internal readonly record struct StreamQuery(
    int Question, int Generation, byte[] Message, int Length, IAnswerSink Sink, int Avoid = 0)
{
    public const int FreshOnly = -1;
}
