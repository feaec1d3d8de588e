using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
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

    private bool TryOpen(out string error)
    {
        error = "";
        _owner ??= NftablesContext.TryOpenOwner(out error);
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

    /// <summary>
    /// A second table from a second socket, then the first goes: libnftables may drop the table of a socket that removes
    /// something (see <see cref="NftablesContext"/>).
    /// </summary>
    public bool TryChange(NotrackScope scope, out string error)
    {
        NotrackTable next = NewTable(scope);
        NftablesContext? fresh = NftablesContext.TryOpenOwner(out error);
        if (fresh is null || !fresh.TryRun(next.Definition(), out _, out error))
        {
            fresh?.Dispose();
            counters.Count(SetupError.Nftables);
            error = $"cannot change the nftables table: {error}";
            return false;
        }

        _owner?.Dispose();
        (_owner, Scope, Table) = (fresh, scope, next);
        ImmutableArray<IPAddress> dropped = [.. _filtered.Where(address => !scope.Addresses.Contains(address))];
        if (!dropped.IsEmpty)
        {
            iptables.TryRemove(dropped, _ => true, NodeLimits.IptablesTime, out _, out _);
        }

        _filtered = iptables.Filtered(scope.Addresses, NodeLimits.IptablesTime);
        EnsureAccepted();
        return true;
    }

    public IEnumerable<string> Missing() => Stands() ? [] : [$"table inet {Table.Name}"];

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
