using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace NodeDns.Admin;

/// <summary>What has to be true before the program calls itself ready, by name.</summary>
internal sealed class Readiness
{
    private sealed class Part(string name, Func<bool> isReady)
    {
        private volatile bool _wasReady;

        public string Name => name;

        public bool IsMissing(bool continuously)
        {
            if (_wasReady && !continuously)
            {
                return false;
            }

            _wasReady |= isReady();
            return continuously ? !isReady() : !_wasReady;
        }
    }

    private readonly Lock _gate = new();
    private Part[] _parts = [];

    /// <summary>Adds a part, or replaces the one of the same name.</summary>
    public void Add(string name, Func<bool> isReady)
    {
        lock (_gate)
        {
            Volatile.Write(ref _parts, [.. _parts.Where(part => part.Name != name), new Part(name, isReady)]);
        }
    }

    public void Remove(string name)
    {
        lock (_gate)
        {
            Volatile.Write(ref _parts, [.. _parts.Where(part => part.Name != name)]);
        }
    }

    /// <summary>The names of the parts that are not ready, sorted.</summary>
    /// <param name="continuously">False: a part that was ready once stays ready, whatever happens to it.</param>
    public IReadOnlyList<string> Missing(bool continuously) =>
        [.. Volatile.Read(ref _parts).Where(part => part.IsMissing(continuously)).Select(part => part.Name).Order(StringComparer.Ordinal)];
}
