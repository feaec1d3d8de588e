using System;
using System.Collections.Generic;
using System.Globalization;

namespace NodeDns.Config.Values;

/// <summary>Names of record types, classes and response codes as IANA lists them, and TYPE123 and CLASS123 (RFC 3597 §5).</summary>
internal static class ProtocolNames
{
    private static readonly Dictionary<string, ushort> s_types = Parse("""
        A 1 NS 2 MD 3 MF 4 CNAME 5 SOA 6 MB 7 MG 8 MR 9 NULL 10 WKS 11 PTR 12 HINFO 13 MINFO 14 MX 15 TXT 16 RP 17
        AFSDB 18 X25 19 ISDN 20 RT 21 NSAP 22 NSAP-PTR 23 SIG 24 KEY 25 PX 26 GPOS 27 AAAA 28 LOC 29 NXT 30 EID 31
        NIMLOC 32 SRV 33 ATMA 34 NAPTR 35 KX 36 CERT 37 A6 38 DNAME 39 SINK 40 OPT 41 APL 42 DS 43 SSHFP 44 IPSECKEY 45
        RRSIG 46 NSEC 47 DNSKEY 48 DHCID 49 NSEC3 50 NSEC3PARAM 51 TLSA 52 SMIMEA 53 HIP 55 NINFO 56 RKEY 57 TALINK 58
        CDS 59 CDNSKEY 60 OPENPGPKEY 61 CSYNC 62 ZONEMD 63 SVCB 64 HTTPS 65 SPF 99 UINFO 100 UID 101 GID 102 UNSPEC 103
        NID 104 L32 105 L64 106 LP 107 EUI48 108 EUI64 109 NXNAME 128 TKEY 249 TSIG 250 IXFR 251 AXFR 252 MAILB 253
        MAILA 254 ANY 255 URI 256 CAA 257 AVC 258 DOA 259 AMTRELAY 260 RESINFO 261 WALLET 262 TA 32768 DLV 32769
        """);

    private static readonly Dictionary<string, ushort> s_classes = Parse("""
        IN 1 CS 2 CH 3 CHAOS 3 HS 4 HESIOD 4 NONE 254 ANY 255
        """);

    private static readonly Dictionary<string, ushort> s_rcodes = Parse("""
        NOERROR 0 FORMERR 1 SERVFAIL 2 NXDOMAIN 3 NOTIMP 4 NOTIMPL 4 REFUSED 5 YXDOMAIN 6 YXRRSET 7 NXRRSET 8 NOTAUTH 9
        NOTZONE 10 DSOTYPENI 11 BADSIG 16 BADVERS 16 BADKEY 17 BADTIME 18 BADMODE 19 BADNAME 20 BADALG 21 BADTRUNC 22
        BADCOOKIE 23
        """);

    public static bool TryGetType(string name, out ushort type) => TryGet(s_types, "TYPE", name, out type);

    public static bool TryGetClass(string name, out ushort @class) => TryGet(s_classes, "CLASS", name, out @class);

    public static bool TryGetRcode(string name, out ushort rcode) => s_rcodes.TryGetValue(name, out rcode);

    private static bool TryGet(Dictionary<string, ushort> names, string prefix, string name, out ushort value) =>
        names.TryGetValue(name, out value)
        || (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
            && ushort.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out value));

    private static Dictionary<string, ushort> Parse(string table)
    {
        string[] words = table.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var names = new Dictionary<string, ushort>(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < words.Length; i += 2)
        {
            names.Add(words[i], ushort.Parse(words[i + 1], CultureInfo.InvariantCulture));
        }

        return names;
    }
}
