using Xunit;

namespace NodeDns.EndToEnd.Fixtures;

/// <summary>Tests that need the machine for themselves: load, memory, fuzzing, real-time limits.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "Alone";
}
