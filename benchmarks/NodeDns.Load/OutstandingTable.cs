using System;
using System.Numerics;

namespace NodeDns.Load;

/// <summary>The questions in flight on one socket, found again by message id.</summary>
/// <remarks>
/// The low bits of an id are the slot, the high bits change with every use of the slot, so an answer that comes
/// after its question was given up is not taken for the answer to the next one.
/// </remarks>
internal sealed class OutstandingTable
{
    public const int MaxSlots = 4096;

    private readonly ushort[] _ids;
    private readonly long[] _questions;
    private readonly long[] _startedAt;
    private readonly int[] _free;
    private readonly int _slotMask;
    private int _freeCount;

    public OutstandingTable(int slots, Random random)
    {
        int rounded = (int)BitOperations.RoundUpToPowerOf2((uint)slots);
        _slotMask = rounded - 1;
        _ids = new ushort[slots];
        _questions = new long[slots];
        _startedAt = new long[slots];
        _free = new int[slots];
        for (int i = 0; i < slots; i++)
        {
            _free[i] = slots - 1 - i;
            _ids[i] = (ushort)((random.Next(ushort.MaxValue + 1) & ~_slotMask) | i);
        }

        _freeCount = slots;
    }

    public int Count => _ids.Length - _freeCount;

    public bool TryBegin(long question, long startedAt, out ushort id)
    {
        if (_freeCount == 0)
        {
            id = 0;
            return false;
        }

        int slot = _free[--_freeCount];
        id = _ids[slot] = (ushort)(_ids[slot] + _slotMask + 1);
        _questions[slot] = question;
        _startedAt[slot] = startedAt;
        return true;
    }

    public bool TryEnd(ushort id, out long question, out long startedAt)
    {
        int slot = id & _slotMask;
        question = 0;
        startedAt = 0;
        if (slot >= _ids.Length || _ids[slot] != id || _startedAt[slot] == 0)
        {
            return false;
        }

        question = _questions[slot];
        startedAt = _startedAt[slot];
        Release(slot);
        return true;
    }

    /// <summary>Gives up what was started before a moment; returns how many that were.</summary>
    public int Expire(long before)
    {
        int expired = 0;
        for (int slot = 0; slot < _ids.Length; slot++)
        {
            if (_startedAt[slot] != 0 && _startedAt[slot] < before)
            {
                Release(slot);
                expired++;
            }
        }

        return expired;
    }

    private void Release(int slot)
    {
        _startedAt[slot] = 0;
        _free[_freeCount++] = slot;
    }
}
