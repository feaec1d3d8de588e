using System;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace NodeDns.Load;

/// <summary>A TCP connection with pipelined questions; dialled again when the server closes it.</summary>
internal sealed class TcpConversation : Conversation
{
    private const int PrefixBytes = 2;
    private const int MaxQueryBytes = 512;
    private const int BufferBytes = 1 << 17;

    private readonly EndPoint _server;
    private readonly IPAddress? _source;
    private readonly byte[] _output = new byte[BufferBytes];
    private readonly byte[] _input = new byte[BufferBytes];
    private Socket _socket;
    private int _outputLength;
    private int _inputLength;

    public TcpConversation(
        EndPoint server, IPAddress? source,
        QuestionSet questions, LoadTally tally, int slots, int rcode, Random random)
        : base(questions, tally, slots, rcode, random)
    {
        _server = server;
        _source = source;
        _socket = Dial();
    }

    public override int Descriptor => (int)_socket.Handle;

    /// <summary>Set once a new connection has replaced the old one, until somebody has taken note of it.</summary>
    public bool WasRedialled { get; set; }

    protected override bool HasRoom => _outputLength + PrefixBytes + MaxQueryBytes <= BufferBytes;

    public override void Flush()
    {
        int sent = _outputLength == 0 ? 0 : _socket.Send(_output.AsSpan(0, _outputLength), SocketFlags.None, out SocketError error);
        if (sent > 0)
        {
            _output.AsSpan(sent, _outputLength - sent).CopyTo(_output);
            _outputLength -= sent;
        }
    }

    public override void Receive()
    {
        int read = _socket.Receive(_input.AsSpan(_inputLength), SocketFlags.None, out SocketError error);
        if (error == SocketError.WouldBlock)
        {
            return;
        }

        if (read <= 0)
        {
            Redial();
            return;
        }

        _inputLength += read;
        long now = Stopwatch.GetTimestamp();
        int position = 0;
        while (_inputLength - position >= PrefixBytes)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(_input.AsSpan(position));
            if (_inputLength - position - PrefixBytes < length)
            {
                break;
            }

            Check(_input.AsSpan(position + PrefixBytes, length), now);
            position += PrefixBytes + length;
        }

        _input.AsSpan(position, _inputLength - position).CopyTo(_input);
        _inputLength -= position;
    }

    public override void Dispose() => _socket.Dispose();

    protected override Span<byte> Reserve() => _output.AsSpan(_outputLength + PrefixBytes, MaxQueryBytes);

    protected override void Commit(int length)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_output.AsSpan(_outputLength), (ushort)length);
        _outputLength += PrefixBytes + length;
    }

    // What was asked on the old connection is lost: no client would get an answer to it either.
    private void Redial()
    {
        Tally.Reconnects++;
        Expire(long.MaxValue);
        _socket.Dispose();
        _inputLength = 0;
        _outputLength = 0;
        _socket = Dial();
        WasRedialled = true;
    }

    private Socket Dial()
    {
        Socket socket = new(_server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (_source is not null)
            {
                socket.Bind(new IPEndPoint(_source, 0));
            }

            socket.Connect(_server);
        }
        catch (SocketException error)
        {
            socket.Dispose();
            throw new LoadFailedException($"cannot connect to {_server}: {error.Message}", error);
        }

        socket.Blocking = false;
        return socket;
    }
}
