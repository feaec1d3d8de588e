using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using NodeDns.Linux.Netfilter;

namespace NodeDns.Node;

/// <summary>
/// The kernel can hold two sets of iptables side by side, and a packet passes both. This is the one that this node uses, and
/// the other, where an earlier process may have left rules.
/// </summary>
internal sealed record IptablesBackends(IptablesProgram Used, ImmutableArray<IptablesProgram> Others)
{
    // Tables of the legacy set that exist. Listing one that does not would make it.
    private static readonly string[] s_legacyTables =
        ["/proc/thread-self/net/ip_tables_names", "/proc/thread-self/net/ip6_tables_names"];

    // The kubelet makes one of these chains in the set that the node uses, for others to see.
    private static readonly string[] s_kubeletChains = ["KUBE-IPTABLES-HINT", "KUBE-KUBELET-CANARY"];

    public static IptablesBackends Find(IptablesProgram plain, TimeSpan deadline)
    {
        IptablesResult version = plain.Version(deadline);
        bool isLegacy = version.IsDone && version.Text.Contains("(legacy)", StringComparison.Ordinal);
        bool hasLegacyTables = s_legacyTables.Any(list => Read(list).Length > 0);
        if (!isLegacy && !hasLegacyTables)
        {
            return new IptablesBackends(plain, []);
        }

        IptablesProgram other = plain.Of(isLegacy ? IptablesProgram.Nft : IptablesProgram.Legacy);
        bool isOther = !IsKubelets(plain, deadline) && IsKubelets(other, deadline);
        return isOther ? new IptablesBackends(other, [plain]) : new IptablesBackends(plain, [other]);
    }

    private static bool IsKubelets(IptablesProgram program, TimeSpan deadline) =>
        HasKubeletChain(program.List(isIPv6: false, "mangle", deadline)) || HasKubeletChain(program.List(isIPv6: true, "mangle", deadline));

    private static bool HasKubeletChain(IptablesResult listed) =>
        listed.IsDone && s_kubeletChains.Any(chain => listed.Text.Contains($"-N {chain}", StringComparison.Ordinal));

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception none) when (none is IOException or UnauthorizedAccessException)
        {
            // A kernel without the legacy set has no such list.
            return "";
        }
    }
}
