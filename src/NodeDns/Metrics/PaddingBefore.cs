using System.Runtime.CompilerServices;

namespace NodeDns.Metrics;

/// <summary>Keeps what a derived class counts off the cache lines of whatever lies before it in memory.</summary>
/// <remarks>The runtime lays the fields of a base class before those of the class.</remarks>
internal abstract class PaddingBefore
{
    /// <summary>Two lines: the adjacent-line prefetcher takes them in pairs.</summary>
    [InlineArray(16)]
    protected struct Padding
    {
        private long _first;
    }

#pragma warning disable CS0169, IDE0044, IDE0051, CA1823 // Nobody reads padding.
    private Padding _before;
#pragma warning restore
}
