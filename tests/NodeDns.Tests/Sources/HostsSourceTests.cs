using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using NodeDns.Config;
using NodeDns.Filters;
using NodeDns.Logging;
using NodeDns.Sources;
using NodeDns.TestKit;
using NodeDns.Tests.Filters;
using NodeDns.Wire;
using Xunit;

namespace NodeDns.Tests.Sources;

public sealed class HostsSourceTests : IDisposable
{
    private const string Text = """
        # a comment
        192.0.2.1 Alpha.example.org alpha
        192.0.2.2   alpha.example.org # the second address
        2001:db8::1 alpha.example.org
        192.0.2.9 beta.example.org
        not-an-address x.example.org
        192.0.2.300 y.example.org
        192.0.2.8
        fe80::1%eth0 link.example.org
        192.0.2.50 *.wild.example.org
        192.0.2.51 known.wild.example.org
        10.0.0.1 other.zone
        """;

    private readonly string _path = Path.GetTempFileName();
    private readonly List<string> _log = [];

    public void Dispose() => File.Delete(_path);

    private HostsSource Make(Func<HostsConfig, HostsConfig>? change = null, string text = Text)
    {
        File.WriteAllText(_path, text);
        HostsConfig config = new() { File = _path, Zones = ["example.org."] };
        return HostsSource.Compile(change?.Invoke(config) ?? config, new Log((_, line) => _log.Add(line)), 0);
    }

    private static SourceVerdict Try(HostsSource source, Asked asked)
    {
        ResponseWriter writer = new(new byte[512]);
        SourceResult detail = new();
        return source.TryAnswer(asked.Context, ref writer, ref detail);
    }

    private static DnsMessage Answer(HostsSource source, string name, ushort type = RrType.A)
    {
        DnsMessage answer = new Asked(name, type).Answer((in QueryContext query, ref ResponseWriter writer) =>
        {
            SourceResult detail = new();
            return source.TryAnswer(query, ref writer, ref detail) == SourceVerdict.Answered;
        });
        Assert.True(answer.Authoritative);
        Assert.Equal(Rcode.NoError, answer.Rcode);
        return answer;
    }

    private static string[] Addresses(DnsMessage answer) => [.. answer.Answers.Select(r => r.Address)];

    [Fact]
    public void TryAnswer_NameOfTheFile_GivesAllItsAddresses()
    {
        HostsSource source = Make();
        DnsMessage answer = Answer(source, "aLpha.example.org.");

        Assert.Equal(["192.0.2.1", "192.0.2.2"], Addresses(answer));
        Assert.All(answer.Answers, r => Assert.Equal(("aLpha.example.org.", 3600u), (r.Name, r.Ttl)));
        Assert.Equal(["2001:db8::1"], Addresses(Answer(source, "alpha.example.org.", RrType.Aaaa)));
        Assert.Equal(["fe80::1"], Addresses(Answer(source, "link.example.org.", RrType.Aaaa)));
    }

    [Theory]
    [InlineData("beta.example.org.", RrType.Aaaa)]
    [InlineData("alpha.example.org.", RrType.Mx)]
    [InlineData("a.wild.example.org.", RrType.Txt)]
    public void TryAnswer_NameWithAnotherType_IsNodataWithoutSoa(string name, ushort type) =>
        Assert.Empty(Answer(Make(), name, type).AllRecords);

    [Theory]
    [InlineData("a.wild.example.org.", "192.0.2.50")]
    [InlineData("known.wild.example.org.", "192.0.2.51")]
    public void TryAnswer_Wildcard_StandsForOneLabel(string name, string expected) =>
        Assert.Equal([expected], Addresses(Answer(Make(), name)));

    [Theory]
    [InlineData("a.b.wild.example.org.")]
    [InlineData("wild.example.org.")]
    [InlineData("gamma.example.org.")]
    [InlineData("x.example.org.")]
    [InlineData("y.example.org.")]
    public void TryAnswer_Missing_IsServfailUnlessItFallsThrough(string name)
    {
        Assert.Equal("ServFail", Try(Make(), new Asked(name)).ToString());
        Assert.Equal("Pass", Try(Make(c => c with { Fallthrough = ["example.org."] }), new Asked(name)).ToString());
        Assert.Equal("ServFail", Try(Make(c => c with { Fallthrough = ["other.org."] }), new Asked(name)).ToString());
    }

    [Fact]
    public void TryAnswer_OutsideTheZonesOrTheClass_Passes()
    {
        HostsSource source = Make();
        Assert.Equal(SourceVerdict.Pass, Try(source, new Asked("other.zone.")));
        Assert.Equal(SourceVerdict.Pass, Try(source, new Asked("alpha.example.org.", @class: RrClass.Chaos)));
    }

    [Fact]
    public void TryAnswer_FallthroughUnsupported_PassesOtherTypes()
    {
        HostsSource source = Make(c => c with { FallthroughUnsupported = true });
        Assert.Equal(SourceVerdict.Pass, Try(source, new Asked("alpha.example.org.", RrType.Txt)));
        Assert.Single(Answer(source, "beta.example.org.").Answers);
        Assert.Empty(Answer(source, "beta.example.org.", RrType.Aaaa).Answers);
    }

    [Fact]
    public void TryAnswer_Ptr_GivesTheNamesOfTheZones()
    {
        HostsSource source = Make();
        Assert.Equal("alpha.example.org.", Assert.Single(Answer(source, "1.2.0.192.in-addr.arpa.", RrType.ReversePointer).Answers).Target);
        string v6 = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.";
        Assert.Equal("alpha.example.org.", Assert.Single(Answer(source, v6, RrType.ReversePointer).Answers).Target);
        Assert.Equal(SourceVerdict.Pass, Try(source, new Asked("1.0.0.10.in-addr.arpa.", RrType.ReversePointer)));
        Assert.Equal(
            SourceVerdict.Pass,
            Try(Make(c => c with { NoReverse = true }), new Asked("1.2.0.192.in-addr.arpa.", RrType.ReversePointer)));
    }

    [Fact]
    public void TryAnswer_InlineLines_AreAddedToTheFile()
    {
        HostsSource source = Make(c => c with
        {
            Ttl = 7,
            Entries = [new HostsEntryConfig(IPAddress.Parse("192.0.2.77"), ["beta.example.org.", "out.example.net."])],
        });
        DnsMessage answer = Answer(source, "beta.example.org.");

        Assert.Equal(["192.0.2.77", "192.0.2.9"], Addresses(answer));
        Assert.All(answer.Answers, r => Assert.Equal(7u, r.Ttl));
        Assert.Equal(SourceVerdict.Pass, Try(source, new Asked("out.example.net.")));
    }

    [Fact]
    public void Compile_BadLines_AreSkippedWithOneWarning()
    {
        Make();
        string warning = Assert.Single(_log);
        Assert.Contains("3 bad lines skipped, the first is line 6", warning);
    }

    [Fact]
    public void Compile_MissingFile_ServesTheInlineLines()
    {
        HostsSource source = Make(c => c with
        {
            File = "/nonexistent/hosts",
            Entries = [new HostsEntryConfig(IPAddress.Loopback, ["a.example.org."])],
        });
        Assert.Single(Answer(source, "a.example.org.").Answers);
    }

    [Fact]
    public void RefreshIfDue_ChangedFile_IsReadWhenItsTimeHasCome()
    {
        HostsSource source = Make();
        File.WriteAllText(_path, "192.0.2.99 beta.example.org\n");
        Assert.False(source.RefreshIfDue(4_999));
        Assert.Equal(["192.0.2.9"], Addresses(Answer(source, "beta.example.org.")));

        Assert.True(source.RefreshIfDue(5_000));
        Assert.Equal(["192.0.2.99"], Addresses(Answer(source, "beta.example.org.")));
        Assert.Equal(SourceVerdict.ServFail, Try(source, new Asked("alpha.example.org.")));
        Assert.False(source.RefreshIfDue(20_000));

        File.Delete(_path);
        Assert.True(source.RefreshIfDue(30_000));
        Assert.Equal(0, source.Entries);
    }

    [Fact]
    public void RefreshIfDue_ReloadZero_NeverLooksAgain()
    {
        HostsSource source = Make(c => c with { Reload = TimeSpan.Zero });
        File.WriteAllText(_path, "192.0.2.99 beta.example.org\n");
        Assert.False(source.RefreshIfDue(long.MaxValue / 2));
    }

    [Fact]
    public void TryAnswer_BlockList_KeepsAnswersBounded()
    {
        string text = string.Concat(Enumerable.Range(0, 50_000).Select(i => $"0.0.0.0 ad{i}.example.org\n"))
            + string.Concat(Enumerable.Range(0, 300).Select(i => $"10.0.{i / 250}.{i % 250} many.example.org\n"));
        HostsSource source = Make(text: text);

        Assert.Equal(["0.0.0.0"], Addresses(Answer(source, "ad49999.example.org.")));
        Assert.Equal(HostsTable.MaxPerName, Answer(source, "many.example.org.").Answers.Count);
        Assert.Equal(HostsTable.MaxPerName, Answer(source, "0.0.0.0.in-addr.arpa.", RrType.ReversePointer).Answers.Count);
        Assert.Equal(50_000 + HostsTable.MaxPerName, source.Entries);
    }

    [Fact]
    public void TryAnswer_NamesWithStrangeBytes_AreFoundAsTheyAre()
    {
        HostsSource source = Make(text: "192.0.2.4 a\\.b.example.org \\000q\\\"t.example.org\n");
        Assert.Single(Answer(source, "a\\.b.example.org.").Answers);
        Assert.Single(Answer(source, "\\000q\\\"t.example.org.").Answers);
        Assert.Equal(SourceVerdict.ServFail, Try(source, new Asked("a.b.example.org.")));
    }
}
