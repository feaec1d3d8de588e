using System;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.Wire.Tests;

/// <summary>What a query's way through the wire code allocates: nothing, on hits and on misses.</summary>
public sealed class AllocationTests
{
    private const int Rounds = 1000;

    [Fact]
    public void QueryViewTryParse_WithEveryOption_AllocatesNothing()
    {
        byte[] message = DnsMessage.Query("kubernetes.default.svc.cluster.local.")
            .WithEdns(e => e.With(10, new byte[8]).With(11).With(8, new byte[7]).With(12, new byte[64])).Encode();
        AssertNothing(() => QueryView.TryParse(message, out _) == ParseStatus.Ok);
    }

    [Fact]
    public void QueryViewTryParse_Malformed_AllocatesNothing()
    {
        byte[] message = Packet.Query("a.", edns: true)[..^1];
        AssertNothing(() => QueryView.TryParse(message, out _) == ParseStatus.FormatError);
    }

    [Fact]
    public void ResponseViewTryParse_ChainOfAliases_AllocatesNothing()
    {
        byte[] message = Response();
        byte[] name = Packet.Name("www.example.com.");
        AssertNothing(() =>
            ResponseView.TryParse(message, name, RecordType.A, RecordClass.IN, out _) == ResponseStatus.Ok);
    }

    [Fact]
    public void FoldAndHash_AnyName_AllocateNothing()
    {
        byte[] name = Packet.Name("Kubernetes.Default.SVC.cluster.local.");
        byte[] folded = new byte[name.Length];
        ulong sum = 0;
        AssertNothing(() =>
        {
            DomainName.Fold(name, folded);
            sum += DomainName.Hash(folded, sum);
            return sum != 0;
        });
    }

    [Fact]
    public void TtlTable_CollectAndPatch_AllocateNothing()
    {
        byte[] message = Response();
        byte[] table = new byte[64];
        AssertNothing(() =>
        {
            int count = TtlTable.Collect(message, 33, table);
            TtlTable.Patch(message, table.AsSpan(0, count * 2), 30);
            return count == 4;
        });
    }

    [Fact]
    public void Writers_OfRepliesAndQueries_AllocateNothing()
    {
        byte[] name = Packet.Name("www.example.com.");
        byte[] zone = Packet.Name("example.com.");
        byte[] buffer = new byte[512];
        AssertNothing(() =>
        {
            ResponseWriter writer = new(buffer);
            writer.TryBegin(1, 0x0180, name, RecordType.A, RecordClass.IN);
            writer.TryAddAddress(MessageSection.Answer, name, 30, [192, 0, 2, 1]);
            writer.TryAddSoa(MessageSection.Authority, zone, 30, 30);
            int length = writer.Length;
            EdnsWriter.TryAppend(
                buffer, ref length, 1232, true, ResponseCode.NoError, ExtendedError.StaleAnswer, "why"u8, true, 100);
            Truncation.Fit(buffer, length, 60);
            ErrorReply.Write(buffer, buffer, ResponseCode.FormatError);
            return QueryWriter.TryWrite(
                buffer, 1, HeaderFlags.RecursionDesired, name, RecordType.A, RecordClass.IN, true, true, 1232, out _);
        });
    }

    [Fact]
    public void ResponseCopier_DroppingSignatures_AllocatesNothing()
    {
        byte[] message = Response();
        byte[] name = Packet.Name("www.example.com.");
        byte[] destination = new byte[2048];
        AssertNothing(() =>
        {
            ResponseView.TryParse(message, name, RecordType.A, RecordClass.IN, out ResponseView response);
            return ResponseCopier.TryCopy(response, CopyOptions.DropDnssec, name, destination, out _);
        });
    }

    private static byte[] Response()
    {
        DnsMessage message = DnsMessage.Query("www.example.com.").With(HeaderBits.Response)
            .WithEdns(edns => edns.WithError(3, "stale"));
        message.Answers.Add(DnsRecord.Cname("www.example.com.", "a.example.net."));
        message.Answers.Add(DnsRecord.Cname("a.example.net.", "b.example.net."));
        message.Answers.Add(DnsRecord.Rrsig("a.example.net.", RrType.Cname));
        message.Answers.Add(DnsRecord.A("b.example.net.", "192.0.2.1"));
        return message.Encode(compress: true);
    }

    private static void AssertNothing(Func<bool> action)
    {
        // The first calls load types and tiers; what they allocate is not the code's.
        for (int i = 0; i < 50; i++)
        {
            Assert.True(action());
        }

        bool holds = true;
        Assert.Equal(0, Allocation.Least(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                holds &= action();
            }
        }));
        Assert.True(holds);
    }
}
