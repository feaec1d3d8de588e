using System;
using System.Buffers;
using System.IO;
using System.Linq;
using System.Net;
using System.Text;
using NodeDns.Linux.Sockets;
using NodeDns.Logging;
using NodeDns.TestKit;
using NodeDns.Timing;
using NodeDns.Wire;
using Xunit;

namespace NodeDns.Tests.Logging;

public sealed class QueryLogTests
{
    private const string Common =
        "{remote}:{port} - {>id} \"{type} {class} {name} {proto} {size} {>do} {>bufsize}\" {rcode} {>rflags} {rsize} {duration}";

    [Fact]
    public void Format_Common_IsCoreDnssLine()
    {
        QueryLogEntry entry = Entry("example.org.", "::1", 50759);
        entry.ResponseFlags = HeaderFlags.Response | HeaderFlags.RecursionDesired | HeaderFlags.RecursionAvailable |
            HeaderFlags.AuthenticData;
        Assert.Equal(
            "[::1]:50759 - 29008 \"A IN example.org. udp 41 false 4096\" NOERROR qr,rd,ra,ad 68 0.037990251s",
            Render(Common, entry));
    }

    [Theory]
    [InlineData("{>opcode} {>OPCODE} {>Do}", "0 0 false")]
    [InlineData("{local} {proto}", "- udp")]
    [InlineData("{/metadata/label} {>unknown}", "- -")]
    [InlineData("{unknown} { {name", "{unknown} { {name")]
    [InlineData("", "")]
    [InlineData("tab\there", "tab\\x09here")]
    public void Format_Placeholders_KnownUnknownAndBroken(string format, string expected) =>
        Assert.Equal(expected, Render(format, Entry("example.org.", "10.0.0.1", 1)));

    [Fact]
    public void Format_FieldsOutOfTheOrdinary_HaveCoreDnssText()
    {
        QueryLogEntry entry = Entry(".", "10.0.0.1", 1);
        entry.Type = (RecordType)65280;
        entry.Class = (RecordClass)77;
        entry.Rcode = (ResponseCode)3841;
        entry.ResponseFlags = HeaderFlags.None;
        entry.DurationNanoseconds = 0;
        entry.IsTcp = true;
        entry.DnssecOk = true;
        entry.Server = LocalAddress.From(IPAddress.Parse("fd00::1"));
        Assert.Equal(
            "TYPE65280 CLASS77 . 3841 - 0s tcp true [fd00::1]",
            Render("{type} {class} {name} {rcode} {>rflags} {duration} {proto} {>do} {local}", entry));
    }

    [Fact]
    public void Format_NameWithBytesBeyondAscii_IsEscaped()
    {
        QueryLogEntry entry = Entry(".", "10.0.0.1", 1);
        entry.SetName([4, (byte)'a', 0, 10, 0xff, 0]);
        string text = Render("{name}", entry);
        Assert.Equal("a\\000\\010\\255.", text);
    }

    [Fact]
    public void Format_LongestName_IsWrittenWhole()
    {
        string label = new('a', 63);
        string name = $"{label}.{label}.{label}.{new string('b', 61)}.";
        Assert.Equal(name, Render("{name}", Entry(name, "10.0.0.1", 1)));
    }

    [Theory]
    [InlineData(ResponseCode.NoError, true, QueryLogClasses.Success)]
    [InlineData(ResponseCode.NoError, false, QueryLogClasses.Denial)]
    [InlineData(ResponseCode.NameError, false, QueryLogClasses.Denial)]
    [InlineData(ResponseCode.NameError, true, QueryLogClasses.Denial)]
    [InlineData(ResponseCode.ServerFailure, false, QueryLogClasses.Error)]
    [InlineData(ResponseCode.Refused, false, QueryLogClasses.Error)]
    public void Classify_Answer_IsOneOfThreeKinds(ResponseCode rcode, bool hasAnswer, object expected) =>
        Assert.Equal(expected, QueryLog.Classify(rcode, hasAnswer));

    [Fact]
    public void Match_FirstRuleForTheName_Decides()
    {
        using LogQueue queue = new(new Clock(), Stream.Null, Stream.Null);
        QueryLogFormat format = new(Common);
        QueryLogRule denials = new([Name("example.org.")], format, QueryLogClasses.Denial);
        QueryLogRule all = new([Name(".")], format, QueryLogClasses.All);
        QueryLog log = new([denials, all], queue);

        Assert.Same(denials, log.Match(Name("a.example.org."), ResponseCode.NameError, false));
        Assert.Null(log.Match(Name("a.example.org."), ResponseCode.NoError, true));
        Assert.Same(all, log.Match(Name("badexample.org."), ResponseCode.NoError, true));
    }

    [Fact]
    public void Match_NoRuleForTheName_IsNull()
    {
        using LogQueue queue = new(new Clock(), Stream.Null, Stream.Null);
        QueryLog log = new([new QueryLogRule([Name("org.")], new QueryLogFormat(""), QueryLogClasses.All)], queue);
        Assert.Null(log.Match(Name("com."), ResponseCode.NoError, true));
    }

    [Fact]
    public void Off_AnyAnswer_IsNotWanted()
    {
        Assert.False(QueryLog.Off.IsOn);
        Assert.Null(QueryLog.Off.Match(Name("a."), ResponseCode.ServerFailure, false));
    }

    [Fact]
    public void Write_ManyEntries_ComeOutInOrderAsInfoLines()
    {
        using MemoryStream output = new();
        using (LogQueue queue = new(new Clock(), output, Stream.Null))
        {
            QueryLog log = new([new QueryLogRule([Name(".")], new QueryLogFormat("{>id}"), QueryLogClasses.All)], queue);
            QueryLogEntry entry = Entry("a.", "10.0.0.1", 1);
            for (ushort id = 0; id < 1000; id++)
            {
                entry.Id = id;
                log.Write(log.Match(Name("a."), ResponseCode.NoError, true)!, entry);
            }

            Assert.True(queue.Flush(TimeSpan.FromSeconds(10)));
            Assert.Equal(0, queue.Dropped);
        }

        Assert.Equal(
            string.Concat(Enumerable.Range(0, 1000).Select(id => $"[INFO] {id}\n")), Encoding.ASCII.GetString(output.ToArray()));
    }

    [Fact]
    public void Write_Entry_AllocatesNothingOnTheCallersThread()
    {
        using LogQueue queue = new(new Clock(), Stream.Null, Stream.Null);
        QueryLog log = new([new QueryLogRule([Name(".")], new QueryLogFormat(Common), QueryLogClasses.All)], queue);
        QueryLogEntry entry = Entry("a.", "10.0.0.1", 1);
        byte[] name = Name("a.");
        log.Write(log.Match(name, ResponseCode.NoError, true)!, entry);

        Assert.Equal(0, Allocation.Least(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                log.Write(log.Match(name, ResponseCode.NoError, true)!, entry);
            }
        }));
    }

    private static QueryLogEntry Entry(string name, string client, int port)
    {
        QueryLogEntry entry = new()
        {
            Client = PeerAddress.From(IPEndPoint.Parse(client.Contains(':', StringComparison.Ordinal) ? $"[{client}]:{port}" : $"{client}:{port}")),
            Id = 29008,
            Type = RecordType.A,
            Class = RecordClass.IN,
            RequestSize = 41,
            UdpPayloadSize = 4096,
            ResponseSize = 68,
            DurationNanoseconds = 37_990_251,
        };
        entry.SetName(Name(name));
        return entry;
    }

    private static byte[] Name(string text)
    {
        byte[] name = new byte[WireLimits.MaxNameLength];
        Assert.True(DomainName.TryParse(text, name, out int length));
        return name[..length];
    }

    private static string Render(string format, in QueryLogEntry entry)
    {
        ArrayBufferWriter<byte> output = new();
        new QueryLogFormat(format).Write(entry, output);
        return Encoding.ASCII.GetString(output.WrittenSpan);
    }
}
