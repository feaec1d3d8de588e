using System;
using System.IO;
using System.Linq;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Node;

/// <summary>A test in a node in a box: needs root, network namespaces, /dev/net/tun and a few programs.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BoxFactAttribute : FactAttribute
{
    private static readonly string? s_missing = Missing();

    public BoxFactAttribute() => Skip = s_missing;

    public static string? Missing()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return "a node in a box needs root";
        }

        if (!File.Exists("/dev/net/tun"))
        {
            return "a node in a box needs /dev/net/tun";
        }

        string? program = new[] { "ip", "nft", "iptables", "ip6tables", "conntrack" }.FirstOrDefault(name => !OnPath(name));
        if (program is not null)
        {
            return $"a node in a box needs {program}";
        }

        string name = $"nd{Environment.ProcessId}-try";
        CommandResult made = CommandResult.RunAsync("/bin/sh", ["-c", $"ip netns add {name} && ip netns del {name}"]).GetAwaiter().GetResult();
        return made.ExitCode == 0 ? null : $"network namespaces are not allowed here: {made.Errors.Trim()}";
    }

    private static bool OnPath(string command) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, command)));
}

/// <summary>The same for tests with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BoxTheoryAttribute : TheoryAttribute
{
    private static readonly string? s_missing = BoxFactAttribute.Missing();

    public BoxTheoryAttribute() => Skip = s_missing;
}
