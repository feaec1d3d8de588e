using System.Collections.Generic;
using NodeDns.Cache;

namespace NodeDns.Pipeline;

/// <summary>Numbers the parts of the cache that belong to one zone each; a zone keeps its number over reloads.</summary>
/// <remarks>Control plane. Numbers are never given to another zone, so no zone can ever see another's answers.</remarks>
internal sealed class CacheSpaces
{
    private readonly Dictionary<string, ushort> _numbers = [];

    /// <summary>The number of an identity; false when the process has used all 65,536 of them up.</summary>
    public bool TryGet(string identity, out ushort space)
    {
        if (_numbers.TryGetValue(identity, out space))
        {
            return true;
        }

        if (_numbers.Count >= CacheOccupancy.MaxSpaces)
        {
            return false;
        }

        space = (ushort)_numbers.Count;
        _numbers.Add(identity, space);
        return true;
    }
}
