using System.Collections.Generic;
using System.Linq;
using NodeDns.Linux.Syscalls;
using Xunit;

namespace NodeDns.Linux.Tests.Syscalls;

public sealed class KernelRandomTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    public void Fill_AnyLength_WritesAllOfIt(int length)
    {
        // A byte that stays zero in 16 fills was not written (one in 2^128 of the time).
        byte[] seen = new byte[length];
        byte[] once = new byte[length];
        for (int i = 0; i < 16; i++)
        {
            KernelRandom.Fill(once);
            for (int j = 0; j < length; j++)
            {
                seen[j] |= once[j];
            }
        }

        Assert.DoesNotContain((byte)0, seen);
    }

    [Fact]
    public void NextUInt64_ManyTimes_NeverRepeats()
    {
        HashSet<ulong> values = [.. Enumerable.Range(0, 1000).Select(_ => KernelRandom.NextUInt64())];
        Assert.Equal(1000, values.Count);
    }
}
