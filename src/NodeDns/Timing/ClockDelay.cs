using System;
using System.Threading.Tasks;

namespace NodeDns.Timing;

/// <summary>Waits for a moment of the clock, also when a test moves the clock past it.</summary>
internal static class ClockDelay
{
    public static async Task Until(Clock clock, long moment)
    {
        TaskCompletionSource jumped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        void OnAdvanced()
        {
            if (clock.NowMilliseconds >= moment)
            {
                jumped.TrySetResult();
            }
        }

        clock.Advanced += OnAdvanced;
        try
        {
            long wait = moment - clock.NowMilliseconds;
            if (wait > 0)
            {
                await Task.WhenAny(jumped.Task, Task.Delay(TimeSpan.FromMilliseconds(wait))).ConfigureAwait(false);
            }
        }
        finally
        {
            clock.Advanced -= OnAdvanced;
        }
    }
}
