using System;
using System.IO;
using System.Linq;
using Xunit;

namespace NodeDns.Tests.Deploy;

/// <summary>A theory that needs promtool, and says so where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PromtoolTheoryAttribute : TheoryAttribute
{
    public PromtoolTheoryAttribute() => Skip = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(':').Any(folder => File.Exists(Path.Combine(folder, "promtool"))) ? null : "needs promtool (Debian's prometheus)";
}
