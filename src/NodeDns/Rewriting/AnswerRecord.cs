using NodeDns.Wire;

namespace NodeDns.Rewriting;

/// <summary>Where one record of a message lies.</summary>
internal readonly record struct AnswerRecord(
    RecordType Type, MessageSection Section, int Start, int TtlOffset, int DataOffset, int End)
{
    public int DataLength => End - DataOffset;
}
