using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using NodeDns.Linux.Netfilter;
using NodeDns.Logging;
using NodeDns.Metrics;

namespace NodeDns.Node;

/// <summary>One nftables table that this process owns: the kernel removes it with the process, however that ends.</summary>
/// <remarks>
/// ACCEPT rules of iptables are added where the node's filter would drop DNS: no table of ours can overrule that filter.
/// They let traffic through, so they may outlive the process.
/// </remarks>
internal sealed class NftInterception(IptablesTables iptables, bool skipTeardown, SetupCounters counters, Log log)
    : IInterception, IDisposable
{
    private ImmutableArray<IPAddress> _filtered = [];
    private NftablesContext? _owner;

    /// <summary>What is intercepted; set before the installation.</summary>
    public NotrackScope Scope { get; set; } = new([], 0, 0);

    public NotrackTable Table { get; private set; } = NewTable(new([], 0, 0));

    public string Description => $"nftables table {Table.Name}, which goes with this process"
        + (_filtered.IsEmpty ? "" : $"; iptables lets DNS of {string.Join(' ', _filtered)} through the filter");

    /// <summary>
    /// Opens the netlink socket. Done before any other socket is opened: a dying process closes its descriptors in the order
    /// of their numbers, and the rules should be the first to go.
    /// </summary>
    public bool TryOpen(out string error)
    {
        error = "";
        _owner ??= NftablesContext.TryOpen(out error);
        return _owner is not null;
    }

    public bool TryInstall(out string error)
    {
        Table = NewTable(Scope);
        if (!TryOpen(out error) || !_owner!.TryRun(Table.Definition(), out _, out error))
        {
            counters.Count(SetupError.Nftables);
            error = $"cannot make the nftables table: {error}";
            return false;
        }

        _filtered = iptables.Filtered(Scope.Addresses, NodeLimits.IptablesTime);
        EnsureAccepted();
        return true;
    }

    public int Repair()
    {
        int repaired = EnsureAccepted();
        if (Stands())
        {
            return repaired;
        }

        // Nobody but this process can remove it, so this is a library that lost its socket: a new table from a new one.
        _owner?.Dispose();
        _owner = null;
        Table = NewTable(Scope);
        if (!TryOpen(out string error) || !_owner!.TryRun(Table.Definition(), out _, out error))
        {
            counters.Count(SetupError.Nftables);
            log.Error($"cannot make the nftables table again: {error}");
            return repaired;
        }

        return repaired + 1;
    }

    /// <summary>Whether the kernel has the table, asked through a context of its own.</summary>
    public bool Stands()
    {
        using NftablesContext? reader = NftablesContext.TryOpen(out _);
        return reader is not null && reader.TryRun($"list table inet {Table.Name}\n", out _, out _);
    }

    public void StopRequests()
    {
        if (_owner is not null && !_owner.TryRun(Table.Draining(), out _, out string error))
        {
            log.Warning($"the rules go all at once: {error}");
            Dispose();
        }
    }

    public void Remove()
    {
        Dispose();
        if (!_filtered.IsEmpty && !skipTeardown && !PortListeners.AnyOther(Scope.Addresses, Scope.DnsPort)
            && !iptables.TryRemove(_filtered, _ => true, NodeLimits.IptablesTimeAtEnd, out _, out string error))
        {
            log.Warning($"ACCEPT rules stay behind: {error}");
        }
    }

    public void Dispose()
    {
        _owner?.Dispose();
        _owner = null;
    }

    private int EnsureAccepted()
    {
        if (_filtered.IsEmpty)
        {
            return 0;
        }

        NotrackScope filtered = Scope with { Addresses = _filtered };
        if (iptables.TryEnsure(IptablesRuleSet.AcceptOnly(filtered), NodeLimits.IptablesTime, out int added, out string error))
        {
            return added;
        }

        log.Error($"this node's filter drops DNS and cannot be told otherwise: {error}");
        return 0;
    }

    /// <summary>In a pod every process has the number 1, so the number alone would not tell two generations apart.</summary>
    private static NotrackTable NewTable(NotrackScope scope)
    {
        string unique = RandomNumberGenerator.GetInt32(1 << 24).ToString("x6", CultureInfo.InvariantCulture);
        return new NotrackTable($"{NotrackTable.NameFor(Environment.ProcessId)}-{unique}", scope);
    }
}
