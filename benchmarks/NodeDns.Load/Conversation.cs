using System;
using System.Buffers.Binary;

namespace NodeDns.Load;

/// <summary>One socket or connection to the server with its questions in flight.</summary>
internal abstract class Conversation : IDisposable
{
    private const int HeaderBytes = 12;

    private readonly QuestionSet _questions;
    private readonly LoadTally _tally;
    private readonly int _rcode;
    private readonly OutstandingTable _table;

    protected Conversation(QuestionSet questions, LoadTally tally, int slots, int rcode, Random random)
    {
        _questions = questions;
        _tally = tally;
        _rcode = rcode;
        _table = new OutstandingTable(slots, random);
    }

    public abstract int Descriptor { get; }

    /// <summary>Questions that wait for their answer.</summary>
    public int InFlight => _table.Count;

    protected LoadTally Tally => _tally;

    /// <summary>Queues a question; false when too many are in flight or no room is left to write it.</summary>
    public bool TryAsk(long question, long dueAt)
    {
        if (!HasRoom || !_table.TryBegin(question, dueAt, out ushort id))
        {
            return false;
        }

        Commit(_questions.Write(question, id, Reserve()));
        _tally.Sent++;
        _tally.SentUnique += question < 0 ? 1 : 0;
        return true;
    }

    /// <summary>Counts what has been waiting since before a moment as lost.</summary>
    public void Expire(long before) => _tally.Lost += _table.Expire(before);

    public abstract void Flush();

    /// <summary>Takes and checks all answers that are there.</summary>
    public abstract void Receive();

    public abstract void Dispose();

    protected abstract bool HasRoom { get; }

    protected abstract Span<byte> Reserve();

    protected abstract void Commit(int length);

    protected void Check(ReadOnlySpan<byte> answer, long now)
    {
        if (answer.Length < HeaderBytes
            || !_table.TryEnd(BinaryPrimitives.ReadUInt16BigEndian(answer), out long question, out long startedAt))
        {
            _tally.Unmatched++;
            return;
        }

        bool isAnswer = (answer[2] & 0x80) != 0;
        bool isWhole = (answer[2] & 0x02) == 0;
        bool hasOneQuestion = answer[4] == 0 && answer[5] == 1;
        if (isAnswer && isWhole && hasOneQuestion && (answer[3] & 0x0F) == _rcode && _questions.IsEchoed(question, answer))
        {
            _tally.Answered++;
            _tally.Latency.Add(now - startedAt);
            if (question < 0)
            {
                _tally.AnsweredUnique++;
                _tally.UniqueLatency.Add(now - startedAt);
            }
        }
        else
        {
            _tally.Wrong++;
        }
    }
}
