using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using NodeDns.Logging;
using NodeDns.Timing;
using Xunit;

namespace NodeDns.Tests.Logging;

public sealed class LogQueueTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    [Fact]
    public void Info_WarningAndError_GoToTheirStreamsWithTheirWord()
    {
        using MemoryStream output = new();
        using MemoryStream errors = new();
        using (LogQueue queue = new(new Clock(), output, errors))
        {
            queue.Log.Info("one");
            queue.Log.Warning("two");
            queue.Log.Error("three");
            Assert.True(queue.Flush(s_patience));
        }

        Assert.Equal("[INFO] one\n", Encoding.ASCII.GetString(output.ToArray()));
        Assert.Equal("[WARNING] two\n[ERROR] three\n", Encoding.ASCII.GetString(errors.ToArray()));
    }

    [Fact]
    public void Dispose_LinesQueued_AreAllWrittenInOrder()
    {
        using MemoryStream output = new();
        LogQueue queue = new(new Clock(), output, Stream.Null);
        for (int i = 0; i < 500; i++)
        {
            queue.Log.Whole(LogLevel.Info, $"{i}");
        }

        queue.Dispose();

        string expected = string.Concat(Enumerable.Range(0, 500).Select(i => $"[INFO] {i}\n"));
        Assert.Equal(expected, Encoding.ASCII.GetString(output.ToArray()));
    }

    [Fact]
    public async Task Write_ReaderStalls_DropsAndCountsAndNeverWaits()
    {
        using StalledStream stalled = new();
        using MemoryStream errors = new();
        using LogQueue queue = new(new Clock(), stalled, errors);
        queue.Log.Info("the line on which the writer hangs");
        Assert.True(stalled.Entered.Wait(s_patience));

        Task producer = Task.Run(() =>
        {
            for (int i = 0; i < LogLimits.TextLines + 100; i++)
            {
                queue.Log.Whole(LogLevel.Info, "x");
            }
        });
        await producer.WaitAsync(s_patience);

        // One slot more than the ring may still be taken by the line the writer holds.
        Assert.InRange(queue.Dropped, 99, 100);
        stalled.Release.Set();
        Assert.True(queue.Flush(s_patience));
        Assert.True(SpinWait.SpinUntil(() => errors.Length > 0, s_patience));
        Assert.Contains("lines dropped", Encoding.ASCII.GetString(errors.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_OutputBroken_CountsTheLinesAndGoesOn()
    {
        using MemoryStream errors = new();
        using LogQueue queue = new(new Clock(), new BrokenStream(), errors);
        queue.Log.Info("lost");
        queue.Log.Warning("kept");
        Assert.True(queue.Flush(s_patience));

        Assert.Equal(1, queue.Dropped);
        Assert.Contains("kept", Encoding.ASCII.GetString(errors.ToArray()), StringComparison.Ordinal);
    }

    private sealed class StalledStream : MemoryStream
    {
        public ManualResetEventSlim Entered { get; } = new(false);

        public ManualResetEventSlim Release { get; } = new(false);

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Entered.Set();
            Release.Wait(s_patience);
        }
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("broken pipe");
    }
}
