using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Net;

namespace NodeDns.Config.Syntax;

/// <summary>What one reading of a Corefile shares: the machine it is read on, its errors, its files, and its bounds.</summary>
internal sealed class ReadingState(CorefileContext context, ErrorList errors)
{
    private readonly HashSet<string> _watched = new(StringComparer.Ordinal);
    private readonly ImmutableArray<string>.Builder _files = ImmutableArray.CreateBuilder<string>();
    private readonly Dictionary<(bool Host, string Name), ImmutableArray<IPAddress>> _lookups = [];
    private int _patterns;
    private int _upstreamLookups;

    public CorefileContext Context { get; } = context;

    public ErrorList Errors { get; } = errors;

    public ImmutableArray<string> FilesRead => _files.ToImmutable();

    /// <summary>Whether another regular expression may be compiled; each costs tens of microseconds.</summary>
    public bool MayCompilePattern() => ++_patterns <= CorefileLimits.MaxPatterns;

    /// <summary>Notes a file whose change should be looked at as a change of the Corefile.</summary>
    public void Watch(string path)
    {
        if (_watched.Add(path))
        {
            _files.Add(path);
        }
    }

    /// <summary>The addresses of an upstream given by name.</summary>
    public HostLookup ResolveUpstream(string name, ImmutableArray<IPEndPoint> resolvers)
    {
        if (Context.ResolveUpstream is not { } resolve)
        {
            return HostLookup.Of(ResolveHost(name));
        }

        return ++_upstreamLookups <= CorefileLimits.MaxLookups ? resolve(name, resolvers) : HostLookup.NoAnswer;
    }

    public ImmutableArray<IPAddress> ResolveHost(string name) => Lookup((true, name), Context.ResolveHost);

    public ImmutableArray<IPAddress> InterfaceAddresses(string name) => Lookup((false, name), Context.InterfaceAddresses);

    /// <summary>Each name once, and only so many: every name that nobody knows may cost seconds.</summary>
    private ImmutableArray<IPAddress> Lookup((bool Host, string Name) key, Func<string, ImmutableArray<IPAddress>> lookup)
    {
        if (_lookups.TryGetValue(key, out ImmutableArray<IPAddress> known))
        {
            return known;
        }

        return _lookups.Count < CorefileLimits.MaxLookups ? _lookups[key] = lookup(key.Name) : [];
    }
}
