using System;
using System.Buffers.Binary;
using System.Threading;
using NodeDns.Linux.Sockets;
using NodeDns.Linux.Syscalls;

namespace NodeDns.Upstreams;

/// <summary>How much of the in-flight table each client address holds, so that one pod cannot take it from the others.</summary>
/// <remarks>
/// The bound moves with what is free (dynamic thresholds, Choudhury and Hahne 1998): an address may hold a fixed multiple
/// of the free places. One client alone gets most of the table, many share it evenly, and some places always stay free
/// for those who hold none. Addresses are hashed into a fixed number of counters with a seed nobody knows; two that meet
/// share a share.
/// </remarks>
internal sealed class ClientShares
{
    private readonly Held[] _held = new Held[UpstreamLimits.ClientPlaces];
    private readonly ulong _seed = KernelRandom.NextUInt64() | 1;

    /// <summary>The counter of an address; ports do not matter.</summary>
    public int PlaceOf(in PeerAddress client)
    {
        ulong hash = _seed;
        ReadOnlySpan<byte> address = client.AddressBytes;
        for (int i = 0; i < address.Length; i += sizeof(uint))
        {
            hash = (hash ^ BinaryPrimitives.ReadUInt32LittleEndian(address[i..])) * 0x9E37_79B9_7F4A_7C15;
            hash ^= hash >> 29;
        }

        return (int)((hash * _seed) >> 32) & (UpstreamLimits.ClientPlaces - 1);
    }

    public bool TryAddWaiter(int place, int free) =>
        TryAdd(ref _held[place].Waiters, (long)free * UpstreamLimits.WaitersPerFreePlace);

    public bool TryAddQuestion(int place, int free) =>
        TryAdd(ref _held[place].Questions, (long)free * UpstreamLimits.QuestionsPerFreePlace);

    public void RemoveWaiter(int place) => Interlocked.Decrement(ref _held[place].Waiters);

    public void RemoveQuestion(int place) => Interlocked.Decrement(ref _held[place].Questions);

    private static bool TryAdd(ref int held, long limit)
    {
        if (Interlocked.Increment(ref held) <= limit)
        {
            return true;
        }

        Interlocked.Decrement(ref held);
        return false;
    }

    private struct Held
    {
        public int Waiters;
        public int Questions;
    }
}
