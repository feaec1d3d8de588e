using System.Net;

namespace NodeDns.TestKit;

/// <summary>One query that reached a fake upstream, with what is needed to answer it.</summary>
public sealed class UpstreamQuery
{
    internal UpstreamQuery(DnsMessage message, byte[] bytes, EndPoint source, bool isTcp, int connection, int number)
    {
        Message = message;
        Bytes = bytes;
        Source = (IPEndPoint)source;
        IsTcp = isTcp;
        Connection = connection;
        Number = number;
    }

    public DnsMessage Message { get; }

    public byte[] Bytes { get; }

    public IPEndPoint Source { get; }

    public bool IsTcp { get; }

    /// <summary>Which TCP connection it came on, counted from 1; 0 for UDP.</summary>
    public int Connection { get; }

    /// <summary>1 for the first query with this question, 2 for the next.</summary>
    public int Number { get; }

    public string Name => Message.Question.Name;

    public ushort Type => Message.Question.Type;

    /// <summary>NOERROR with the given records.</summary>
    public DnsMessage Answer(params DnsRecord[] answers)
    {
        DnsMessage reply = Error(Rcode.NoError);
        reply.Answers.AddRange(answers);
        return reply;
    }

    /// <summary>NOERROR with one A record for the name asked.</summary>
    public DnsMessage Address(string address, uint ttl = 300) => Answer(DnsRecord.A(Name, address, ttl));

    public DnsMessage NxDomain(uint soaTtl = 60, uint minimum = 60, string zone = "example.") =>
        Error(Rcode.NxDomain).Change(m => m.Authority.Add(DnsRecord.Soa(zone, soaTtl, minimum)));

    public DnsMessage NoData(uint soaTtl = 60, uint minimum = 60, string zone = "example.") =>
        Error(Rcode.NoError).Change(m => m.Authority.Add(DnsRecord.Soa(zone, soaTtl, minimum)));

    /// <summary>An answer with the question, the given code and no records; with an OPT when the query had one.</summary>
    public DnsMessage Error(int rcode)
    {
        var reply = new DnsMessage
        {
            Id = Message.Id,
            Flags = (ushort)(HeaderBits.Response | HeaderBits.RecursionAvailable | (Message.Flags & 0x0110)),
            Rcode = rcode,
        };
        reply.Questions.AddRange(Message.Questions);
        if (Message.Edns is not null)
        {
            reply.Edns = new Edns { UdpSize = 4096, DnssecOk = Message.Edns.DnssecOk };
        }

        return reply;
    }

    /// <summary>Twelve bytes: the query's id, QR and the code, no question.</summary>
    public byte[] HeaderOnly(int rcode) =>
        [Bytes[0], Bytes[1], 0x81, (byte)(0x80 | rcode), 0, 0, 0, 0, 0, 0, 0, 0];
}
