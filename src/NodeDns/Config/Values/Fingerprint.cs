using System;
using System.Globalization;

namespace NodeDns.Config.Values;

/// <summary>FNV-1a over 128 bits: tells whether a text or a file is still the one it was.</summary>
/// <remarks>
/// Nobody gains by making two configs of his own look the same, so this need not be a cryptographic hash, and the
/// runtime's ones would bring OpenSSL into a process that has no other use for it.
/// </remarks>
internal struct Fingerprint
{
    private static readonly UInt128 s_offset = new(0x6c62272e07bb0142, 0x62b821756295c58d);
    private static readonly UInt128 s_prime = new(0x0000000001000000, 0x000000000000013b);

    private UInt128 _hash;

    public Fingerprint() => _hash = s_offset;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
        {
            _hash = (_hash ^ b) * s_prime;
        }
    }

    /// <summary>32 hexadecimal digits.</summary>
    public override readonly string ToString() => _hash.ToString("x32", CultureInfo.InvariantCulture);
}
