using System;
using System.Collections.Generic;
using NodeDns.Config;
using NodeDns.Wire;

namespace NodeDns.Filters;

/// <summary>The deny directives of a server block: NXDOMAIN for the names and everything below them.</summary>
internal sealed class DenyFilter
{
    /// <summary>Why the answer is not the truth of the zone.</summary>
    public const ExtendedError Error = ExtendedError.Blocked;

    private readonly NameIndex _denied;

    private DenyFilter(NameIndex denied) => _denied = denied;

    public static DenyFilter Compile(IEnumerable<DenyConfig> configs)
    {
        NameIndex.Builder names = new();
        foreach (DenyConfig config in configs)
        {
            foreach (string name in config.Names)
            {
                names.Add(WireName.Of(name));
            }
        }

        return new DenyFilter(names.Build());
    }

    public FilterVerdict Check(in QueryContext query) =>
        _denied.FindSuffix(query.Name, out _) >= 0 ? FilterVerdict.Answer : FilterVerdict.Pass;

    public bool TryWrite(in QueryContext query, ref ResponseWriter writer)
    {
        // The SOA's owner is the name in the Corefile: a client may then take all below it for denied too.
        int number = _denied.FindSuffix(query.Name, out int offset);
        ReadOnlySpan<byte> zone = number >= 0 ? query.Name[offset..] : query.Name;
        return LocalAnswer.TryWriteNegative(query, ref writer, ResponseCode.NameError, zone);
    }
}
