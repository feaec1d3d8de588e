using System;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using NodeDns.Config.Values;

namespace NodeDns.Discovery;

/// <summary>Looks a name up in the text of /etc/hosts.</summary>
internal static class HostsNames
{
    public static ImmutableArray<IPAddress> Find(string text, string name)
    {
        ImmutableArray<IPAddress>.Builder found = ImmutableArray.CreateBuilder<IPAddress>();
        string wanted = name.TrimEnd('.');
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Skip(1).Contains(wanted, StringComparer.OrdinalIgnoreCase)
                && AddressText.TryParseWithScope(words[0], out IPAddress address) && !found.Contains(address))
            {
                found.Add(address);
            }
        }

        return found.ToImmutable();
    }
}
