using System;
using System.IO;
using System.Linq;
using NodeDns.TestKit;
using NodeDns.Wire.Tests.Fuzz;
using Xunit;

namespace NodeDns.Wire.Tests;

/// <summary>Real and hostile packets, judged as their file names say.</summary>
public sealed class CorpusTests
{
    public static TheoryData<string> Queries => [.. Corpus.Names("query-")];

    public static TheoryData<string> Responses => [.. Corpus.Names("response-")];

    [Theory]
    [MemberData(nameof(Queries))]
    public void TryParse_Query_IsJudgedAsItsFileSays(string name)
    {
        ParseStatus status = QueryView.TryParse(Corpus.Packets[name], out QueryView query);
        Assert.Equal(Expected<ParseStatus>(name), status);
        if (status == ParseStatus.Ok)
        {
            DnsMessage message = DnsMessage.Decode(Corpus.Packets[name]);
            Assert.Equal(message.Question.Name.ToUpperInvariant(), DomainName.ToText(query.Name).ToUpperInvariant());
            Assert.Equal((message.Question.Type, message.Question.Class), ((ushort)query.Type, (ushort)query.Class));
            Assert.Equal(message.Edns is not null, query.HasEdns);
            Assert.Equal(message.Edns?.DnssecOk ?? false, query.DnssecOk);
            Assert.Equal(message.Edns?.UdpSize ?? 512, query.UdpPayloadSize);
        }
    }

    [Theory]
    [MemberData(nameof(Responses))]
    public void TryParse_Response_IsJudgedAsItsFileSays(string name)
    {
        byte[] bytes = Corpus.Packets[name];
        ResponseStatus status = FuzzOracle.TryParseOwnQuestion(bytes, out ResponseView response);
        Assert.Equal(Expected<ResponseStatus>(name), status);
        if (status == ResponseStatus.Ok)
        {
            DnsMessage message = DnsMessage.Decode(bytes);
            Assert.Equal(
                (message.Answers.Count, message.Authority.Count, message.Additional.Count),
                (response.AnswerCount, response.AuthorityCount, response.AdditionalCount));
            Assert.Equal(bytes.Length - message.TrailingBytes, response.Message.Length);
            Assert.Equal(message.Edns is not null, response.HasEdns);
            Assert.Equal(message.EdnsIsLast, response.EdnsIsLast);
            Assert.Equal(message.Rcode, (int)response.Rcode);
            Assert.Equal(message.AllRecords.Select(r => r.Ttl).DefaultIfEmpty(uint.MaxValue).Min(), response.MinTtl);
        }
    }

    [Theory]
    [InlineData("response-ok-unbound-cname", AnswerShape.Positive)]
    [InlineData("response-ok-unbound-dangling-alias", AnswerShape.CnameOnly)]
    [InlineData("response-ok-unbound-nodata", AnswerShape.NoData)]
    [InlineData("response-ok-unbound-nxdomain", AnswerShape.NxDomain)]
    [InlineData("response-ok-unbound-any", AnswerShape.Positive)]
    [InlineData("response-ok-dnsmasq-cname", AnswerShape.Positive)]
    [InlineData("response-ok-dnsmasq-refused", AnswerShape.OtherError)]
    [InlineData("response-ok-alias-loop", AnswerShape.CnameOnly)]
    public void Shape_RealAnswers_AreTold(string name, AnswerShape expected)
    {
        FuzzOracle.TryParseOwnQuestion(Corpus.Packets[name], out ResponseView response);
        Assert.Equal(expected, response.Shape);
    }

    [Fact]
    public void Folder_EveryPacket_SaysWhyItIsThere()
    {
        Assert.True(Corpus.Packets.Count > 60, Corpus.Folder);
        foreach (string name in Corpus.Packets.Keys)
        {
            string why = Assert.Single(File.ReadAllLines(Path.Combine(Corpus.Folder, name + ".txt")));
            Assert.NotEmpty(why);
        }
    }

    /// <summary>The longest status whose name, dashed, the file's begins with.</summary>
    private static T Expected<T>(string name)
        where T : struct, Enum
    {
        string rest = name[(name.IndexOf('-', StringComparison.Ordinal) + 1)..].Replace("-", "", StringComparison.Ordinal);
        string aliased = rest.Replace("formaterroredns", "formaterrorwithedns", StringComparison.Ordinal);
        return Enum.GetValues<T>()
            .Where(status => aliased.StartsWith(status.ToString(), StringComparison.OrdinalIgnoreCase))
            .MaxBy(status => status.ToString().Length);
    }

}
