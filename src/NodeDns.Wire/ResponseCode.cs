namespace NodeDns.Wire;

/// <summary>Response codes; those above 15 have their upper eight bits in the OPT record (RFC 6891 §6.1.3).</summary>
public enum ResponseCode : ushort
{
    NoError = 0,
    FormatError = 1,
    ServerFailure = 2,
    NameError = 3,
    NotImplemented = 4,
    Refused = 5,
    YXDomain = 6,
    YXRRSet = 7,
    NXRRSet = 8,
    NotAuthoritative = 9,
    NotZone = 10,
    BadVersion = 16,
    BadCookie = 23,
}
