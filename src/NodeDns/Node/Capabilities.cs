using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace NodeDns.Node;

/// <summary>What this process may do to the node, as the kernel sees it.</summary>
internal readonly record struct Capabilities(ulong Effective)
{
    private const int NetAdmin = 12;
    private const string Line = "CapEff:";

    public const string NetAdminMissing =
        "CAP_NET_ADMIN is missing: it is needed to put the addresses of -localip on this node and to keep their DNS out of "
        + "conntrack; run as root with that capability, or start with -interface-mode none -interception none";

    public bool HasNetAdmin => (Effective >> NetAdmin & 1) != 0;

    public static Capabilities OfThisProcess() => Parse(File.ReadAllText("/proc/self/status"));

    /// <summary>Reads the text of /proc/PID/status.</summary>
    public static Capabilities Parse(string status)
    {
        string? line = status.Split('\n').FirstOrDefault(one => one.StartsWith(Line, StringComparison.Ordinal));
        return ulong.TryParse(line?[Line.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong set)
            ? new Capabilities(set)
            : default;
    }
}
