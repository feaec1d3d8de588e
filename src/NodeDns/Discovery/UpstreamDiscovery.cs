using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using NodeDns.Config;
using NodeDns.Config.Values;
using NodeDns.Logging;
using NodeDns.Timing;

namespace NodeDns.Discovery;

/// <summary>What host names and resolv.conf files of <c>forward</c> lines stand for, now and as it changes.</summary>
/// <remarks>
/// Names are asked of the line's <c>resolver</c>s or of the servers in /etc/resolv.conf, never of this process, and again
/// when their TTL ends. What was known last stays in use while a lookup fails or a file is empty. One loop of its own;
/// the tables are under a monitor.
/// </remarks>
internal sealed class UpstreamDiscovery(Clock clock, Log log, ICorefileFiles files, ImmutableArray<IPAddress> localAddresses)
    : IDisposable
{
    private const string ResolvConfPath = "/etc/resolv.conf";
    private const string HostsPath = "/etc/hosts";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, FollowedName> _names = [];
    private readonly Dictionary<string, ImmutableArray<IPAddress>> _files = [];
    private readonly HashSet<string> _warned = [];
    private OwnListeners _own = new([], localAddresses);
    private long _readingUntil;
    private bool _isRunning;
    private volatile bool _isDisposed;

    /// <summary>Told when a name or a file stands for other addresses than before, by the loop's thread.</summary>
    public Action? Changed { get; set; }

    /// <summary>A Corefile is read now: its names may take this much time together.</summary>
    public void BeginReading() => _readingUntil = clock.NowMilliseconds + DiscoveryLimits.ReadingMilliseconds;

    /// <summary>Looks a name up for the reader, which waits; a name known already costs nothing.</summary>
    public HostLookup Resolve(string name, ImmutableArray<IPEndPoint> resolvers)
    {
        FollowedName followed = Follow(name, resolvers);
        if (followed.DueAt <= clock.NowMilliseconds)
        {
            if (clock.NowMilliseconds >= _readingUntil)
            {
                return followed.Addresses.IsEmpty ? HostLookup.NoAnswer : HostLookup.Of(followed.Addresses);
            }

            (HostLookupStatus status, _) = Refresh(followed).GetAwaiter().GetResult();
            if (followed.Addresses.IsEmpty)
            {
                return new HostLookup(status, []);
            }
        }

        return followed.Addresses.IsEmpty ? HostLookup.NoAnswer : HostLookup.Of(followed.Addresses);
    }

    /// <summary>From here on this config is served: its names and files are followed, and what it listens on is never asked.</summary>
    public void Serve(NodeDnsConfig config)
    {
        ForwardConfig[] forwards = [.. config.Blocks.SelectMany(block => block.Forwards)];
        lock (_gate)
        {
            _own = new OwnListeners(config.Blocks, localAddresses);
            HashSet<string> keys =
            [
                .. from forward in forwards
                   from upstream in forward.Upstreams
                   where upstream is { EndPoint: null, HostName: not null }
                   select FollowedName.KeyOf(upstream.HostName!, forward.Resolvers),
            ];
            foreach (string key in _names.Keys.Where(key => !keys.Contains(key)).ToArray())
            {
                _names.Remove(key);
            }

            _files.Clear();
            foreach (IGrouping<string, UpstreamAddressConfig> file in forwards
                .SelectMany(forward => forward.Upstreams)
                .Where(upstream => upstream.SourceFile is not null)
                .GroupBy(upstream => upstream.SourceFile!))
            {
                _files[file.Key] = [.. file.Select(upstream => upstream.EndPoint!.Address).Distinct()];
            }

            if (!_isRunning && _names.Count + _files.Count > 0)
            {
                _isRunning = true;
                _ = Task.Run(FollowLoop);
            }
        }
    }

    /// <summary>The addresses that a line's upstreams are at now, in the line's order.</summary>
    public ImmutableArray<UpstreamAddressConfig> Expand(ForwardConfig forward)
    {
        ImmutableArray<UpstreamAddressConfig>.Builder found = ImmutableArray.CreateBuilder<UpstreamAddressConfig>();
        foreach (UpstreamAddressConfig upstream in forward.Upstreams)
        {
            if (upstream is { EndPoint: not null, SourceFile: null })
            {
                found.Add(upstream);
                continue;
            }

            string source = upstream.SourceFile ?? upstream.HostName!;
            foreach (IPAddress address in AddressesOf(upstream, forward.Resolvers))
            {
                UpstreamAddressConfig one = upstream with { EndPoint = new IPEndPoint(address, upstream.Port) };
                if (upstream.Transport == Transport.Dns && _own.Has(one.EndPoint))
                {
                    WarnOnce($"forward: {source} names {one.EndPoint}, which is this server itself; it is left out");
                }
                else if (!found.Contains(one))
                {
                    found.Add(one);
                }
            }
        }

        return found.ToImmutable();
    }

    public void Dispose() => _isDisposed = true;

    private ImmutableArray<IPAddress> AddressesOf(UpstreamAddressConfig upstream, ImmutableArray<IPEndPoint> resolvers)
    {
        lock (_gate)
        {
            return upstream.SourceFile is { } file
                ? _files.GetValueOrDefault(file, [upstream.EndPoint!.Address])
                : Follow(upstream.HostName!, resolvers).Addresses;
        }
    }

    private FollowedName Follow(string name, ImmutableArray<IPEndPoint> resolvers)
    {
        lock (_gate)
        {
            string key = FollowedName.KeyOf(name, resolvers);
            if (!_names.TryGetValue(key, out FollowedName? followed))
            {
                _names[key] = followed = new FollowedName(name, resolvers);
            }

            return followed;
        }
    }

    private async Task FollowLoop()
    {
        while (!_isDisposed)
        {
            long now = clock.NowMilliseconds;
            FollowedName[] names;
            lock (_gate)
            {
                names = [.. _names.Values];
            }

            long due = names.Select(name => name.DueAt).Append(now + DiscoveryLimits.FileMilliseconds).Min();
            await ClockDelay.Until(clock, due).ConfigureAwait(false);
            try
            {
                bool isChanged = LookAtFiles();
                foreach (FollowedName name in names.Where(name => name.DueAt <= clock.NowMilliseconds))
                {
                    (_, bool differs) = await Refresh(name).ConfigureAwait(false);
                    isChanged |= differs;
                }

                if (isChanged && !_isDisposed)
                {
                    Changed?.Invoke();
                }
            }
            catch (Exception broken) when (broken is not OutOfMemoryException)
            {
                log.Error($"forward: upstreams are not followed at this moment: {broken.Message}");
            }
        }
    }

    /// <summary>Looks a name up: what came of it, and whether it stands for other addresses now.</summary>
    private async Task<(HostLookupStatus Status, bool IsChanged)> Refresh(FollowedName followed)
    {
        ImmutableArray<IPAddress> inHosts = HostsNames.Find(files.TryRead(HostsPath, out _) ?? "", followed.Name);
        LookupResult result = inHosts.IsEmpty
            ? await NameLookup.Ask(followed.Name, ServersFor(followed)).ConfigureAwait(false)
            : new LookupResult(HostLookupStatus.Found, inHosts, DiscoveryLimits.HostsTtlSeconds);
        long now = clock.NowMilliseconds;
        if (result.Status != HostLookupStatus.Found)
        {
            followed.DueAt = now + (followed.Addresses.IsEmpty
                ? DiscoveryLimits.FirstRetryMilliseconds : DiscoveryLimits.RetryMilliseconds);
            if (!followed.IsFailing && !followed.Addresses.IsEmpty)
            {
                log.Warning($"forward: {followed.Name} cannot be resolved now; {string.Join(", ", followed.Addresses)} stays");
            }

            followed.IsFailing = true;
            return (result.Status, false);
        }

        bool differs = !followed.Addresses.SequenceEqual(result.Addresses);
        if (differs && (followed.IsFailing || !followed.Addresses.IsEmpty))
        {
            log.Info($"forward: {followed.Name} is {string.Join(", ", result.Addresses)} now");
        }

        followed.Addresses = result.Addresses;
        followed.IsFailing = false;
        followed.DueAt = now
            + (1000L * Math.Clamp(result.TtlSeconds, DiscoveryLimits.MinTtlSeconds, DiscoveryLimits.MaxTtlSeconds));
        return (HostLookupStatus.Found, differs);
    }

    private ImmutableArray<IPEndPoint> ServersFor(FollowedName followed)
    {
        IEnumerable<IPEndPoint> servers = followed.Resolvers.IsEmpty
            ? ResolvConf.Servers(files.TryRead(ResolvConfPath, out _) ?? "").Select(server => new IPEndPoint(server, 53))
            : followed.Resolvers;
        return [.. servers.Where(server => !_own.Has(server) && !localAddresses.Contains(server.Address))];
    }

    private bool LookAtFiles()
    {
        bool isChanged = false;
        lock (_gate)
        {
            foreach ((string file, ImmutableArray<IPAddress> before) in _files.ToArray())
            {
                // Whoever writes the file anew may have got as far as emptying it.
                ImmutableArray<IPAddress> now = files.TryRead(file, out _) is { } text ? ResolvConf.Servers(text) : [];
                if (!now.SequenceEqual(before) && now.Any(address => !_own.Has(new IPEndPoint(address, 53))))
                {
                    _files[file] = now;
                    isChanged = true;
                    log.Info($"forward: {file} names {string.Join(", ", now)} now");
                }
            }
        }

        return isChanged;
    }

    private void WarnOnce(string text)
    {
        lock (_gate)
        {
            if (_warned.Count < DiscoveryLimits.MaxAddresses && _warned.Add(text))
            {
                log.Warning(text);
            }
        }
    }
}
