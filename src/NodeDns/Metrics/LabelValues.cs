using System;
using NodeDns.Wire;

namespace NodeDns.Metrics;

/// <summary>The closed sets of label values that queries and replies fall into; nothing of a packet becomes a label.</summary>
internal static class LabelValues
{
    public static readonly string[] Protos = ["udp", "tcp"];

    /// <summary>CoreDNS's numbers for IPv4 and IPv6.</summary>
    public static readonly string[] Families = ["1", "2"];

    /// <summary>CoreDNS's names (plugin/metrics/vars), the rest last.</summary>
    public static readonly string[] Types =
    [
        "A", "AAAA", "ANY", "AXFR", "CNAME", "DNSKEY", "DS", "HTTPS", "IXFR", "MX", "NS", "NSEC", "NSEC3", "PTR", "RRSIG",
        "SOA", "SRV", "SVCB", "TXT", "other",
    ];

    /// <summary>0 to 10 by number, then the extended ones, the rest last.</summary>
    public static readonly string[] Rcodes =
    [
        "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH",
        "NOTZONE", "BADVERS", "BADCOOKIE", "other",
    ];

    /// <summary>In the order of <see cref="Answerer"/>.</summary>
    public static readonly string[] Answerers =
        ["", "cache", "forward", "hosts", "template", "whoami", "acl", "any", "deny", "ndots_filter", "dns64", "local"];

    // By type number; 19 is "other". One load instead of a chain of compares on every reply.
    private static ReadOnlySpan<byte> LowTypes =>
    [
        19, 0, 10, 19, 19, 4, 15, 19, 19, 19, 19, 19, 13, 19, 19, 9, 18, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 1, 19,
        19, 19, 19, 16, 19, 19, 19, 19, 19, 19, 19, 19, 19, 6, 19, 19, 14, 11, 5, 19, 12, 19, 19, 19, 19, 19, 19, 19, 19,
        19, 19, 19, 19, 19, 17, 7,
    ];

    public static int TypeIndex(RecordType type)
    {
        ReadOnlySpan<byte> low = LowTypes;
        return (int)type < low.Length ? low[(int)type] : type switch
        {
            RecordType.Any => 2,
            RecordType.AXFR => 3,
            RecordType.IXFR => 8,
            _ => 19,
        };
    }

    public static int RcodeIndex(ResponseCode rcode) => (int)rcode < 11 ? (int)rcode : rcode switch
    {
        ResponseCode.BadVersion => 11,
        ResponseCode.BadCookie => 12,
        _ => 13,
    };
}
