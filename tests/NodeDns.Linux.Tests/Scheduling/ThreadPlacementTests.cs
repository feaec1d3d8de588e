using System;
using System.IO;
using System.Threading;
using NodeDns.Linux.Scheduling;
using NodeDns.Linux.Syscalls;
using Xunit;

namespace NodeDns.Linux.Tests.Scheduling;

public sealed class ThreadPlacementTests
{
    [Fact]
    public void PinCurrentThread_AllowedCpu_LeavesThatOneOnly()
    {
        int[] allowed = ThreadPlacement.AllowedCpus();
        int last = allowed[^1];
        int[] after = OnOwnThread(() =>
        {
            Assert.False(ThreadPlacement.PinCurrentThread(last).IsError);
            return ThreadPlacement.AllowedCpus();
        });
        Assert.Equal([last], after);
        Assert.Equal(allowed, ThreadPlacement.AllowedCpus());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1023)]
    [InlineData(1024)]
    public void PinCurrentThread_CpuThatIsNotThere_IsInvalid(int cpu) =>
        Assert.Equal(Errno.EINVAL, OnOwnThread(() => ThreadPlacement.PinCurrentThread(cpu)).Error);

    [Theory]
    [InlineData("worker-0", "worker-0")]
    [InlineData("a-name-that-is-too-long", "a-name-that-is-")]
    public void SetThreadName_AnyLength_IsWhatTheKernelShows(string name, string shown)
    {
        string seen = OnOwnThread(() =>
        {
            ThreadPlacement.SetThreadName(name);
            return File.ReadAllText("/proc/thread-self/comm").TrimEnd();
        });
        Assert.Equal(shown, seen);
    }

    private static T OnOwnThread<T>(Func<T> work)
    {
        T result = default!;
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception error)
            {
                failure = error;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result : throw new InvalidOperationException("the thread failed", failure);
    }
}
