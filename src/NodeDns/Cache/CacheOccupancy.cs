using System.Threading;

namespace NodeDns.Cache;

/// <summary>How many entries each zone holds, against its capacities of the Corefile.</summary>
/// <remarks>Shared by all shards; touched by stores only, with interlocked adds.</remarks>
internal sealed class CacheOccupancy
{
    public const int MaxSpaces = 65536;
    private const int Kinds = 4;
    private readonly int[] _entries = new int[MaxSpaces * Kinds];
    private readonly int[] _capacity = new int[MaxSpaces * Kinds];
    private readonly long[] _evictions = new long[MaxSpaces * Kinds];

    public void SetCapacity(ushort space, int success, int denial)
    {
        _capacity[Cell(space, AnswerKind.Success)] = success;
        _capacity[Cell(space, AnswerKind.Denial)] = denial;
        _capacity[Cell(space, AnswerKind.Failure)] = denial;
    }

    public bool IsFull(ushort space, AnswerKind kind)
    {
        int cell = Cell(space, kind);
        return _entries[cell] >= _capacity[cell] && _capacity[cell] > 0;
    }

    public void Add(ushort space, AnswerKind kind) => Interlocked.Increment(ref _entries[Cell(space, kind)]);

    public void Remove(ushort space, AnswerKind kind) => Interlocked.Decrement(ref _entries[Cell(space, kind)]);

    public void CountEviction(ushort space, AnswerKind kind) =>
        Interlocked.Increment(ref _evictions[Cell(space, kind)]);

    public int Entries(ushort space, AnswerKind kind) => Volatile.Read(ref _entries[Cell(space, kind)]);

    public long Evictions(ushort space, AnswerKind kind) => Volatile.Read(ref _evictions[Cell(space, kind)]);

    private static int Cell(ushort space, AnswerKind kind) => (space * Kinds) + (int)kind;
}
