namespace NodeDns.Wire;

/// <summary>Extended DNS errors (RFC 8914 §4): why an answer is what it is.</summary>
public enum ExtendedError : ushort
{
    Other = 0,
    UnsupportedKeyAlgorithm = 1,
    UnsupportedDigestType = 2,
    StaleAnswer = 3,
    ForgedAnswer = 4,
    DnssecIndeterminate = 5,
    DnssecBogus = 6,
    SignatureExpired = 7,
    SignatureNotYetValid = 8,
    DnsKeyMissing = 9,
    SignaturesMissing = 10,
    NoZoneKeyBitSet = 11,
    NsecMissing = 12,
    CachedError = 13,
    NotReady = 14,
    Blocked = 15,
    Censored = 16,
    Filtered = 17,
    Prohibited = 18,
    StaleNxDomain = 19,
    NotAuthoritative = 20,
    NotSupported = 21,
    NoReachableAuthority = 22,
    NetworkError = 23,
    InvalidData = 24,

    /// <summary>
    /// No extended error; the last code of the private range, which nobody is assigned (RFC 8914 §5.2).
    /// </summary>
    None = 0xFFFF,
}
