namespace NodeDns.TestKit;

/// <summary>Record types that the tests name.</summary>
public static class RrType
{
    public const ushort A = 1;
    public const ushort Ns = 2;
    public const ushort Cname = 5;
    public const ushort Soa = 6;
    public const ushort ReversePointer = 12;
    public const ushort Mx = 15;
    public const ushort Txt = 16;
    public const ushort Aaaa = 28;
    public const ushort Srv = 33;
    public const ushort Dname = 39;
    public const ushort Opt = 41;
    public const ushort Rrsig = 46;
    public const ushort Nsec = 47;
    public const ushort Dnskey = 48;
    public const ushort Nsec3 = 50;
    public const ushort Tsig = 250;
    public const ushort Ixfr = 251;
    public const ushort Axfr = 252;
    public const ushort Any = 255;
}

/// <summary>Record classes that the tests name.</summary>
public static class RrClass
{
    public const ushort In = 1;
    public const ushort Chaos = 3;
    public const ushort Hesiod = 4;
}

/// <summary>Response codes, the extended ones included.</summary>
public static class Rcode
{
    public const int NoError = 0;
    public const int FormErr = 1;
    public const int ServFail = 2;
    public const int NxDomain = 3;
    public const int NotImp = 4;
    public const int Refused = 5;
    public const int BadVers = 16;
}

/// <summary>Operation codes.</summary>
public static class Opcode
{
    public const int Query = 0;
    public const int InverseQuery = 1;
    public const int Status = 2;
    public const int Notify = 4;
    public const int Update = 5;
}

/// <summary>EDNS option codes.</summary>
public static class EdnsOptionCode
{
    public const ushort Nsid = 3;
    public const ushort ClientSubnet = 8;
    public const ushort Expire = 9;
    public const ushort Cookie = 10;
    public const ushort Keepalive = 11;
    public const ushort Padding = 12;
    public const ushort ExtendedError = 15;
}

/// <summary>Header bits, in the 16-bit flags word.</summary>
public static class HeaderBits
{
    public const ushort Response = 0x8000;
    public const ushort Authoritative = 0x0400;
    public const ushort Truncated = 0x0200;
    public const ushort RecursionDesired = 0x0100;
    public const ushort RecursionAvailable = 0x0080;
    public const ushort Reserved = 0x0040;
    public const ushort AuthenticData = 0x0020;
    public const ushort CheckingDisabled = 0x0010;
}
