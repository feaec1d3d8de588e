using System;
using System.IO;
using System.Linq;
using Xunit;

namespace NodeDns.EndToEnd.Fixtures;

/// <summary>What a test may need from the machine.</summary>
public enum Need
{
    Root,
    Compiler,
    Ipv6,
    Setpriv,
    Browser,
    Prometheus,
    Promtool,
    Blackbox,
    Netns,
    Dnstap,
    Tmux,
    Unbound,
    Dnsdist,
}

/// <summary>A fact that is skipped, with a reason, where the machine lacks something.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsFactAttribute : FactAttribute
{
    public NeedsFactAttribute(Need need)
    {
        Need = need;
        Skip = Missing(need);
    }

    public Need Need { get; }

    internal static string? Missing(Need need) => need switch
    {
        Need.Root when !Environment.IsPrivilegedProcess => "needs root",
        Need.Compiler when !OnPath("cc") => "needs a C compiler (cc)",
        Need.Ipv6 when !File.Exists("/proc/net/if_inet6") || !File.ReadAllText("/proc/net/if_inet6").Contains("lo") =>
            "needs IPv6 on the loopback interface",
        Need.Setpriv when !Environment.IsPrivilegedProcess || !OnPath("setpriv") => "needs root and setpriv",
        Need.Browser when !OnPath("node") || !OnPath("chromium") => "needs node and chromium",
        Need.Browser when !Directory.Exists(PageDriver.Modules) =>
            "needs playwright-core: ./check installs it, or npm ci in a copy of tests/page at artifacts/page",
        Need.Prometheus when !OnPath("prometheus") => "needs prometheus",
        Need.Promtool when !OnPath("promtool") => "needs promtool (Debian's prometheus)",
        Need.Blackbox when !OnPath("prometheus-blackbox-exporter") => "needs Debian's prometheus-blackbox-exporter",
        Need.Netns when !Environment.IsPrivilegedProcess || !OnPath("ip") || !OnPath("nft") => "needs root, ip and nft",
        Need.Dnstap when !OnPath("fstrm_capture") || !OnPath("dnstap-ldns") || !OnPath("dnstap") =>
            "needs fstrm_capture, dnstap-ldns and dnstap (Debian: fstrm-bin, dnstap-ldns, golang-github-dnstap-golang-dnstap-cli)",
        Need.Tmux when !OnPath("tmux") => "needs tmux",
        Need.Unbound when !OnPath("unbound") => "needs unbound",
        Need.Dnsdist when !OnPath("dnsdist") => "needs dnsdist",
        _ => null,
    };

    private static bool OnPath(string command) => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(':').Any(folder => File.Exists(Path.Combine(folder, command)));
}

/// <summary>The same for tests with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsTheoryAttribute : TheoryAttribute
{
    public NeedsTheoryAttribute(Need need)
    {
        Need = need;
        Skip = NeedsFactAttribute.Missing(need);
    }

    public Need Need { get; }
}
