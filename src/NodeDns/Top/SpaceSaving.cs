using System;
using NodeDns.Wire;

namespace NodeDns.Top;

/// <summary>The most frequent keys of a stream in fixed memory (Space-Saving; Metwally, Agrawal and El Abbadi, 2005).</summary>
/// <remarks>
/// A key that is not followed takes the place, and the count, of the least frequent one; so counts are never too low, and too
/// high by at most what is kept as the error. Not safe for threads by itself. A flood of new keys costs a look at one or two
/// places each, because the least count is remembered and only ever grows between two halvings.
/// </remarks>
internal sealed class SpaceSaving
{
    private const int Places = TopLimits.Entries;
    private const int Chains = Places * 2;
    private const int KeyBytes = WireLimits.MaxNameLength + 1;
    private readonly byte[] _keys = new byte[Places * KeyBytes];
    private readonly byte[] _lengths = new byte[Places];
    private readonly uint[] _hashes = new uint[Places];
    private readonly uint[] _counts = new uint[Places];
    private readonly uint[] _errors = new uint[Places];

    // Heads and links hold place + 1, so that zeroed memory is an empty table.
    private readonly short[] _heads = new short[Chains];
    private readonly short[] _links = new short[Places];
    private int _used;
    private int _cursor;
    private uint _least;

    public int Count => _used;

    /// <summary>Counts one more of a key of at most 255 bytes.</summary>
    public void Add(ReadOnlySpan<byte> key, uint hash)
    {
        for (int place = _heads[hash % Chains] - 1; place >= 0; place = _links[place] - 1)
        {
            if (_hashes[place] == hash && KeyAt(place).SequenceEqual(key))
            {
                _counts[place]++;
                return;
            }
        }

        int taken = _used < Places ? _used++ : TakeLeast();
        key.CopyTo(_keys.AsSpan(taken * KeyBytes));
        _lengths[taken] = (byte)key.Length;
        _hashes[taken] = hash;
        _errors[taken] = _counts[taken];
        _counts[taken]++;
        ref short head = ref _heads[hash % Chains];
        _links[taken] = head;
        head = (short)(taken + 1);
    }

    /// <summary>The key at a place below <see cref="Count"/>, with its count and by how much that may be too high.</summary>
    public ReadOnlySpan<byte> Read(int place, out uint count, out uint error)
    {
        count = _counts[place];
        error = _errors[place];
        return KeyAt(place);
    }

    public void Halve()
    {
        for (int place = 0; place < _used; place++)
        {
            _counts[place] >>= 1;
            _errors[place] >>= 1;
        }

        _least = 0;
    }

    private ReadOnlySpan<byte> KeyAt(int place) => _keys.AsSpan(place * KeyBytes, _lengths[place]);

    private int TakeLeast()
    {
        uint lowest = uint.MaxValue;
        for (int looked = 0; looked <= Places * 2; looked++)
        {
            _cursor = (_cursor + 1) % Places;
            if (_counts[_cursor] <= _least)
            {
                break;
            }

            lowest = Math.Min(lowest, _counts[_cursor]);
            if (looked % Places == Places - 1)
            {
                _least = lowest;
            }
        }

        Unlink(_cursor);
        return _cursor;
    }

    private void Unlink(int place)
    {
        ref short link = ref _heads[_hashes[place] % Chains];
        while (link != place + 1)
        {
            link = ref _links[link - 1];
        }

        link = _links[place];
    }
}
