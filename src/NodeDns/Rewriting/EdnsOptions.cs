using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;
using NodeDns.Config;
using NodeDns.Filters;
using NodeDns.Wire;

namespace NodeDns.Rewriting;

/// <summary>rewrite edns0: the options that a question carries upstream beyond what the client sent.</summary>
/// <remarks>
/// A client's own options are not relayed, so only what the rules make is in the result; the client's decide whether
/// a rule applies. An answer is cached for those whose question carried the same options.
/// </remarks>
internal static class EdnsOptions
{
    private const ushort NsidCode = 3;
    private const ushort SubnetCode = 8;
    private const int HeaderLength = 4;

    /// <summary>append wants the option to be absent, replace and unset want it there, set does not care.</summary>
    public static bool WouldApply(EdnsRewriteConfig config, ReadOnlySpan<byte> clientOptions)
    {
        bool present = Contains(clientOptions, Code(config));
        return config.Action switch
        {
            EdnsRewriteAction.Append => !present,
            EdnsRewriteAction.Replace or EdnsRewriteAction.Unset => present,
            _ => true,
        };
    }

    /// <summary>The options so far with the rule's own one in place of any of the same code.</summary>
    public static byte[] Apply(
        EdnsRewriteConfig config, in QueryContext query, in RewriteQuestion question, ReadOnlySpan<byte> options)
    {
        List<byte> result = [];
        ushort code = Code(config);
        for (ReadOnlySpan<byte> rest = options; rest.Length >= HeaderLength;)
        {
            int length = HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            if (BinaryPrimitives.ReadUInt16BigEndian(rest) != code)
            {
                result.AddRange(rest[..length]);
            }

            rest = rest[length..];
        }

        if (config.Action != EdnsRewriteAction.Unset && Data(config, query, question) is byte[] data)
        {
            AddUInt16(result, code);
            AddUInt16(result, (ushort)data.Length);
            result.AddRange(data);
        }

        return [.. result];
    }

    private static ushort Code(EdnsRewriteConfig config) => config.Kind switch
    {
        EdnsRewriteKind.Nsid => NsidCode,
        EdnsRewriteKind.Subnet => SubnetCode,
        _ => config.Code,
    };

    // Null where a variable has no value here: then the option is left out.
    private static byte[]? Data(EdnsRewriteConfig config, in QueryContext query, in RewriteQuestion question) =>
        config.Kind switch
        {
            EdnsRewriteKind.Nsid => [],
            EdnsRewriteKind.Subnet => Subnet(config, query),
            _ when config.Variable is null => [.. config.Data],
            _ => Variable(config.Variable, query, question),
        };

    // Numbers go out in network order and addresses as bytes, as CoreDNS writes them.
    private static byte[]? Variable(string variable, in QueryContext query, in RewriteQuestion question) => variable switch
    {
        "qname" => Encoding.ASCII.GetBytes(question.Name),
        "qtype" => UInt16((ushort)question.Type),
        "client_ip" => query.Client.AddressBytes.ToArray(),
        "client_port" => UInt16(query.Client.Port),
        "protocol" => query.IsTcp ? "tcp"u8.ToArray() : "udp"u8.ToArray(),
        _ => null,
    };

    // RFC 7871 §6: family, source prefix length, scope prefix length, as many address bytes as the prefix needs.
    private static byte[] Subnet(EdnsRewriteConfig config, in QueryContext query)
    {
        int bits = query.Client.IsIPv6 ? config.Ipv6PrefixLength : config.Ipv4PrefixLength;
        byte[] data = new byte[HeaderLength + ((bits + 7) / 8)];
        data[1] = (byte)(query.Client.IsIPv6 ? 2 : 1);
        data[2] = (byte)bits;
        query.Client.AddressBytes[..(data.Length - HeaderLength)].CopyTo(data.AsSpan(HeaderLength));
        if (bits % 8 != 0)
        {
            data[^1] &= (byte)(0xFF << (8 - (bits % 8)));
        }

        return data;
    }

    private static bool Contains(ReadOnlySpan<byte> options, ushort code)
    {
        EdnsOptionReader reader = new(options);
        while (reader.MoveNext())
        {
            if ((ushort)reader.Code == code)
            {
                return true;
            }
        }

        return false;
    }

    private static byte[] UInt16(ushort value) => [(byte)(value >> 8), (byte)value];

    private static void AddUInt16(List<byte> bytes, ushort value) => bytes.AddRange(UInt16(value));
}
