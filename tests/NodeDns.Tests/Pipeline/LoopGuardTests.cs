using NodeDns.Pipeline;
using Xunit;

namespace NodeDns.Tests.Pipeline;

public sealed class LoopGuardTests
{
    [Fact]
    public void End_ProbeSeenOnce_IsNoLoop()
    {
        LoopGuard guard = new();
        guard.Begin([1, 2, 0]);
        Assert.True(guard.Sees([1, 2, 0]));
        Assert.False(guard.End());
        Assert.False(guard.IsLooping);
    }

    [Fact]
    public void End_ProbeSeenTwice_IsALoopUntilOneDoesNotComeBack()
    {
        LoopGuard guard = new();
        guard.Begin([1, 2, 0]);
        guard.Sees([1, 2, 0]);
        guard.Sees([1, 2, 0]);
        Assert.True(guard.End());
        Assert.True(guard.IsLooping);

        guard.Begin([1, 3, 0]);
        guard.Sees([1, 3, 0]);
        Assert.True(guard.End());
        Assert.False(guard.IsLooping);
    }

    [Fact]
    public void Sees_OtherNames_DoNotCount()
    {
        LoopGuard guard = new();
        guard.Begin([1, 2, 0]);
        Assert.False(guard.Sees([1, 9, 0]));
        guard.Sees([1, 2, 0]);
        Assert.False(guard.End());
    }
}
