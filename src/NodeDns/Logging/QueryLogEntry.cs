using System;
using System.Runtime.CompilerServices;
using NodeDns.Linux.Sockets;
using NodeDns.Wire;

namespace NodeDns.Logging;

/// <summary>One answered question as a worker hands it to the log: fixed size, no references, text is made later.</summary>
internal struct QueryLogEntry
{
    [InlineArray(WireLimits.MaxNameLength)]
    private struct NameBytes
    {
        private byte _first;
    }

    public PeerAddress Client;
    public LocalAddress Server;
    public long DurationNanoseconds;
    public int RequestSize;
    public int ResponseSize;
    public ushort Id;
    public RecordType Type;
    public RecordClass Class;
    public ResponseCode Rcode;
    public HeaderFlags ResponseFlags;

    /// <summary>The size of the client's OPT, 512 without one.</summary>
    public ushort UdpPayloadSize;

    public OperationCode Opcode;
    public bool DnssecOk;
    public bool IsTcp;

    private byte _nameLength;
    private NameBytes _name;

    /// <summary>The question's name in wire form, case folded.</summary>
    public void SetName(ReadOnlySpan<byte> name)
    {
        name.CopyTo(_name);
        _nameLength = (byte)name.Length;
    }

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ReadOnlySpan<byte> Name => ((ReadOnlySpan<byte>)_name)[.._nameLength];
}
