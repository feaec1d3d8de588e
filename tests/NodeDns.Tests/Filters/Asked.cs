using System;
using System.Net;
using NodeDns.Filters;
using NodeDns.Linux.Sockets;
using NodeDns.TestKit;
using NodeDns.Wire;
using Xunit;

namespace NodeDns.Tests.Filters;

/// <summary>A question of a test, and what a filter, source or rewrite made of it.</summary>
internal sealed class Asked
{
    private readonly byte[] _message;
    private readonly byte[] _name;
    private readonly PeerAddress _client;
    private readonly bool _isTcp;
    private readonly byte[] _buffer = new byte[WireLimits.MaxMessageLength];

    public Asked(
        string name,
        ushort type = RrType.A,
        string client = "10.1.2.3",
        ushort @class = RrClass.In,
        bool isTcp = false,
        Action<DnsMessage>? change = null)
    {
        DnsMessage query = DnsMessage.Query(name, type, @class);
        change?.Invoke(query);
        _message = query.Encode();
        _client = PeerAddress.From(IPAddress.Parse(client), 40_000);
        _isTcp = isTcp;
        byte[] wire = DnsName.ToWire(name);
        _name = new byte[wire.Length];
        DomainName.Fold(wire, _name);
    }

    public delegate bool Write(in QueryContext query, ref ResponseWriter writer);

    public QueryContext Context
    {
        get
        {
            // No assertion of xunit's here: it would allocate in the middle of an allocation test.
            if (QueryView.TryParse(_message, out QueryView view) != ParseStatus.Ok)
            {
                throw new InvalidOperationException("the question of the test is malformed");
            }

            return new QueryContext(view, _name, view.Type, view.Class, _client, _isTcp, [0], 1_000_000);
        }
    }

    /// <summary>The message that a writer makes, read by the tests' own reader.</summary>
    public DnsMessage Answer(Write write)
    {
        ResponseWriter writer = new(_buffer);
        Assert.True(write(Context, ref writer));
        DnsMessage answer = DnsMessage.Decode(writer.Message);
        Assert.True(answer.IsResponse);
        Assert.True(answer.RecursionAvailable);
        Assert.Equal(0, answer.TrailingBytes);
        Assert.Equal(DnsMessage.Decode(_message).Id, answer.Id);
        Assert.Equal(DnsMessage.Decode(_message).RecursionDesired, answer.RecursionDesired);
        return answer;
    }

    /// <summary>Bytes allocated by a call that was warmed up before.</summary>
    public static long Allocated(Action call)
    {
        for (int i = 0; i < 200; i++)
        {
            call();
        }

        return Allocation.Least(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                call();
            }
        });
    }
}
