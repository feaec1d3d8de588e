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
    // The prime is 2^88 + Factor. Two words, for code with 128-bit integers is compiled at every start anew.
    private const ulong Factor = 0x13b;
    private const int Shift = 88 - 64;
    private ulong _high = 0x6c62272e07bb0142;
    private ulong _low = 0x62b821756295c58d;

    public Fingerprint()
    {
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
        {
            _low ^= b;
            ulong carry = (((_low >> 32) * Factor) + (((_low & uint.MaxValue) * Factor) >> 32)) >> 32;
            _high = (_high * Factor) + carry + (_low << Shift);
            _low *= Factor;
        }
    }

    /// <summary>32 hexadecimal digits.</summary>
    public override readonly string ToString() =>
        _high.ToString("x16", CultureInfo.InvariantCulture) + _low.ToString("x16", CultureInfo.InvariantCulture);
}
