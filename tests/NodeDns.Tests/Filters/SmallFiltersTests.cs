using System;
using System.Linq;
using NodeDns.Config;
using NodeDns.Filters;
using NodeDns.TestKit;
using NodeDns.Wire;
using Xunit;

namespace NodeDns.Tests.Filters;

public class SmallFiltersTests
{
    // M20 (RFC 6761 §6.3, §6.4).
    [Theory]
    [InlineData("localhost.", RrType.A, Rcode.NoError, "127.0.0.1")]
    [InlineData("a.b.LocalHost.", RrType.A, Rcode.NoError, "127.0.0.1")]
    [InlineData("localhost.", RrType.Aaaa, Rcode.NoError, "::1")]
    [InlineData("localhost.", RrType.Txt, Rcode.NoError, null)]
    [InlineData("invalid.", RrType.A, Rcode.NxDomain, null)]
    [InlineData("x.invalid.", RrType.Txt, Rcode.NxDomain, null)]
    public void SpecialNames_LocalhostAndInvalid_AreAnsweredHere(string name, ushort type, int rcode, string? address)
    {
        Asked asked = new(name, type);
        Assert.Equal(FilterVerdict.Answer, SpecialNames.Check(asked.Context));
        DnsMessage answer = asked.Answer(SpecialNames.TryWrite);

        Assert.Equal(rcode, answer.Rcode);
        Assert.Equal(name, answer.Question.Name);
        Assert.Equal(address, answer.Answers.SingleOrDefault()?.Address);
        Assert.Equal(address is null ? 1 : 0, answer.Authority.Count(r => r.Type == RrType.Soa));
    }

    [Theory]
    [InlineData("xlocalhost.")]
    [InlineData("localhost.example.")]
    [InlineData("a\\009localhost.")]
    [InlineData(".")]
    public void SpecialNames_OtherNames_Pass(string name)
    {
        Asked asked = new(name);
        Assert.Equal(FilterVerdict.Pass, SpecialNames.Check(asked.Context));
        Assert.Equal(0, Asked.Allocated(() => SpecialNames.Check(asked.Context)));
    }

    // M19 (RFC 8482 §4.2).
    [Fact]
    public void AnyFilter_Any_GetsOneHinfoRecord()
    {
        Asked asked = new("example.org.", RrType.Any);
        Assert.Equal(FilterVerdict.Answer, AnyFilter.Check(asked.Context));
        DnsRecord record = Assert.Single(asked.Answer(AnyFilter.TryWrite).AllRecords);

        Assert.Equal(("example.org.", (ushort)13, 8482u), (record.Name, record.Type, record.Ttl));
        Assert.Equal("ANY obsoletedSee RFC 8482", record.Text);
        Assert.Equal(FilterVerdict.Pass, AnyFilter.Check(new Asked("example.org.").Context));
    }

    [Theory]
    [InlineData(1232, 4096, 1232)]
    [InlineData(1232, 512, 512)]
    [InlineData(512, 4096, 512)]
    [InlineData(null, 4096, 4096)]
    public void BufsizeFilter_Limit_LowersAndNeverRaises(int? bufsize, ushort theirs, ushort expected) =>
        Assert.Equal(expected, BufsizeFilter.Compile(bufsize).Limit(theirs));

    [Fact]
    public void HeaderRules_SetAndClear_TouchOnlyTheirBitsAndTheLastRuleWins()
    {
        HeaderRules rules = HeaderRules.Compile(
        [
            new HeaderRuleConfig(OnQuery: false, HeaderFlag.AuthoritativeAnswer, Set: true),
            new HeaderRuleConfig(OnQuery: false, HeaderFlag.RecursionAvailable, Set: true),
            new HeaderRuleConfig(OnQuery: false, HeaderFlag.RecursionAvailable, Set: false),
            new HeaderRuleConfig(OnQuery: true, HeaderFlag.RecursionDesired, Set: false),
        ]);
        byte[] message = DnsMessage.Query("a.").Encode();
        MessageHeader.SetFlags(message, 0x81A3);
        rules.ApplyToResponse(message);

        Assert.Equal(0x8523, MessageHeader.GetFlags(message));
        Assert.Equal(
            HeaderFlags.CheckingDisabled,
            rules.ApplyToQuery(HeaderFlags.RecursionDesired | HeaderFlags.CheckingDisabled));
        Assert.Equal(HeaderFlags.RecursionDesired, HeaderRules.Compile([]).ApplyToQuery(HeaderFlags.RecursionDesired));
    }

    [Theory]
    [InlineData("www.Example.org.", "www.example.org.")]
    [InlineData(".", ".")]
    [InlineData("a\\.b\\\\c.d.", "a\\.b\\\\c.d.")]
    [InlineData("\\000\\200\\032x.", "\\000\\200\\ x.")]
    [InlineData("\\\"q\\;\\@\\(\\).", "\\\"q\\;\\@\\(\\).")]
    public void NameText_AnyBytes_AreEscapedAndAllocateNothing(string name, string expected)
    {
        Asked asked = new(name);
        char[] text = new char[NameText.MaxLength];
        int length = 0;
        Assert.Equal(0, Asked.Allocated(() => length = NameText.Format(asked.Context.Name, text)));
        Assert.Equal(expected, new string(text, 0, length));
        Assert.True(WireName.TryParse(expected, out byte[] back));
        Assert.True(asked.Context.Name.SequenceEqual(back));
    }

    [Fact]
    public void NameText_LongestName_FitsItsBuffer()
    {
        Asked asked = new(string.Concat(Enumerable.Repeat(string.Concat(Enumerable.Repeat("\\200", 62)) + ".", 4)));
        char[] text = new char[NameText.MaxLength];
        Assert.Equal((4 * 62 * 4) + 4, NameText.Format(asked.Context.Name, text));
    }
}
