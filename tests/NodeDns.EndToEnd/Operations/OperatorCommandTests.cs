using System;
using System.Linq;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Operations;

/// <summary>What an operator asks a running server: query, cache, upstreams, stats.</summary>
public sealed class OperatorCommandTests(OperatorServer fixture) : IClassFixture<OperatorServer>
{
    [Fact]
    public async Task Query_MissThenHit_SaysWhoAnsweredAndThenThatItWasCached()
    {
        string name = ServerFixture.NewName();

        string miss = await Run("query", name);
        string hit = await Run("query", name);

        Assert.Contains("192.0.2.1", miss, StringComparison.Ordinal);
        Assert.Matches(@"cache +miss", miss);
        Assert.Matches($@"upstream +127\.0\.0\.1:{fixture.Upstream.Port}, up, ", miss);
        Assert.Matches(@"cache +an answer, stored 0 s ago with TTL 300 s, 300 s left", hit);
        Assert.DoesNotContain("upstream", hit, StringComparison.Ordinal);
        Assert.Single(fixture.Upstream.QueriesFor(name));
    }

    [Fact]
    public async Task Query_AfterTheTtlWithADeadUpstream_SaysStale()
    {
        string name = ServerFixture.NewName("stale.test.");
        await Run("query", name);
        fixture.Upstream.On(name, _ => UpstreamReply.Silence);
        await fixture.Server.AdvanceClockAsync(400);

        string stale = await Run("query", name);

        Assert.Matches(@"cache +an answer, stored 400 s ago with TTL 300 s, stale since 100 s", stale);
        Assert.Matches("stale +(no fresh answer came in time|given at once)", stale);
        Assert.Contains("extended error 3 (StaleAnswer)", stale, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x.blocked.test.", "filter +deny: answered by it")]
    [InlineData("secret.test.", "filter +acl: REFUSED")]
    [InlineData("local.test.", "made here +by hosts")]
    [InlineData("localhost.", "made here +localhost and invalid")]
    [InlineData("old.test.", @"rewrite +the question became new\.test\. A")]
    public async Task Query_DecidedHere_NamesTheStage(string name, string story) =>
        Assert.Matches(story, await Run("query", name));

    [Fact]
    public async Task Query_WhileTheSameIsOnItsWay_SaysSo()
    {
        string name = ServerFixture.NewName();
        TaskCompletionSource gate = new();
        fixture.Upstream.On(name, query => ((UpstreamReply)query.Address("192.0.2.1")).When(gate.Task));
        Task<DnsMessage> client = fixture.Server.Client.UdpAsync(name);
        while (fixture.Upstream.QueriesFor(name).Count == 0)
        {
            await Task.Delay(5);
        }

        Task<string> asked = Run("query", name);
        while (!(await Run("stats")).Contains("1 questions, 2 clients", StringComparison.Ordinal))
        {
            Assert.False(asked.IsCompleted, "nothing was to be answered yet");
        }

        gate.SetResult();

        Assert.Matches("coalesced +the same question was on its way", await asked);
        Assert.Single((await client).Answers);
    }

    [Fact]
    public async Task Query_LargeAnswer_IsToldToBeCutOverUdp()
    {
        string name = ServerFixture.NewName();
        fixture.Upstream.On(name, RrType.Txt, query => query.Answer(
            [.. Enumerable.Range(0, 12).Select(i => DnsRecord.Txt(query.Name, new string((char)('a' + i), 200)))]));

        string text = await Run("query", name, "txt");

        Assert.Matches(@"truncated +over UDP the reply ends at \d+ bytes", text);
        Assert.Contains(new string('l', 200), text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Query_AtAServer_AsksItPlainly()
    {
        CommandResult result = await NodeDnsProcess.RunAsync("query", "local.test", $"@127.0.0.1:{fixture.Port}");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("192.0.2.77", result.All, StringComparison.Ordinal);
        Assert.Contains("over udp", result.All, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "no server answers at", "stats", "-control-socket", "/nowhere/c.sock")]
    [InlineData(1, "Connection refused", "query", "a.test", "@127.0.0.1:1")]
    [InlineData(2, "is not a domain name", "query", "a..b")]
    [InlineData(2, "expected @ADDRESS", "query", "a.test", "@nobody")]
    [InlineData(2, "expected a record type", "query", "a.test", "NOTYPE")]
    [InlineData(2, "expected cache list [ZONE], cache get NAME [TYPE]", "cache", "drop")]
    [InlineData(2, "expected cache flush NAME", "cache", "flush")]
    public async Task Commands_MistakesAndNoServer_AreOneLine(int exitCode, string text, params string[] command)
    {
        CommandResult result = await NodeDnsProcess.RunAsync(command);

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(text, result.All, StringComparison.Ordinal);
        Assert.Single(result.All.Trim().Split('\n'));
    }

    [Fact]
    public async Task Cache_GetFlushAndFlushZone_ShowAndForget()
    {
        string zone = ServerFixture.NewName();
        string[] names = [zone, $"a.{zone}", $"b.{zone}"];
        foreach (string name in names)
        {
            await fixture.Server.Client.UdpAsync(name);
        }

        Assert.Contains($"{names[1]}  A  NOERROR, 300 of 300 s left", await Run("cache", "get", names[1]), StringComparison.Ordinal);
        Assert.Contains($"{names[1]}  300  IN  A  192.0.2.1", await Run("cache", "get", names[1].ToUpperInvariant()), StringComparison.Ordinal);
        Assert.Contains("3 entries", await Run("cache", "list", zone), StringComparison.Ordinal);
        Assert.Equal($"1 entries of {names[1]} flushed\n", await Run("cache", "flush", names[1]));
        Assert.Equal(1, (await Exec("cache", "get", names[1])).ExitCode);
        Assert.Equal($"2 entries of {zone} and below flushed\n", await Run("cache", "flush-zone", zone));

        await fixture.Server.Client.UdpAsync(names[1]);
        Assert.Equal(2, fixture.Upstream.QueriesFor(names[1]).Count);
    }

    [Fact]
    public async Task Cache_ManyEntries_ListIsBoundedAndDumpIsWhole()
    {
        string zone = ServerFixture.NewName();
        for (int i = 0; i < 1100; i++)
        {
            await fixture.Server.Client.UdpAsync($"m{i}.{zone}");
        }

        string list = await Run("cache", "list", zone);
        string dump = await Run("cache", "dump");

        Assert.Contains("1000 entries shown, 100 more", list, StringComparison.Ordinal);
        Assert.Equal(1001, list.Trim().Split('\n').Length);
        Assert.All(Enumerable.Range(0, 1100), i => Assert.Contains($"\nm{i}.{zone}  ", dump, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Names_WithHostileBytes_AreEscapedInEveryCommand()
    {
        const string Name = @"a\034\010\000\255\027[31m.hostile.test.";
        const string Shown = "a\\\"\\010\\000\\255\\027[31m.hostile.test.";
        fixture.Upstream.On(Shown, RrType.Txt, query => query.Answer(DnsRecord.Txt(query.Name, "\u001b[2J\n\"\\")));

        string[] outputs =
        [
            await Run("query", Name, "TXT"), await Run("cache", "list", "hostile.test"), await Run("cache", "get", Name),
            await Run("cache", "dump"), await Run("cache", "flush", Name),
        ];

        Assert.All(outputs, text => Assert.Contains(Shown, text, StringComparison.Ordinal));
        Assert.All(outputs, text => Assert.DoesNotContain(text, c => c != '\n' && c is < ' ' or > '~'));
    }

    [Fact]
    public async Task Upstreams_AndStats_CountWhatClientsAskedAndNotWhatOperatorsLookAt()
    {
        long before = Count(await Run("stats"), "queries");
        await fixture.Server.Client.UdpAsync(ServerFixture.NewName());
        await Run("query", ServerFixture.NewName());
        string stats = await Run("stats");
        string upstreams = await Run("upstreams");

        Assert.True(Count(stats, "queries") > before);
        Assert.Contains("answered from the cache", stats, StringComparison.Ordinal);
        Assert.Matches($@"127\.0\.0\.1:{fixture.Upstream.Port} +up ", upstreams);
    }

    [Theory]
    [InlineData("bash", "bash", "-n")]
    [InlineData("zsh", "zsh", "-n")]
    [InlineData("fish", "fish", "--no-execute")]
    public async Task Completion_OfEachShell_IsAcceptedByIt(string shell, string program, string argument)
    {
        CommandResult script = await NodeDnsProcess.RunAsync("completion", shell);
        Assert.Contains("flush-zone", script.All, StringComparison.Ordinal);
        Assert.Contains("localip", script.All, StringComparison.Ordinal);
        if (!System.IO.File.Exists($"/usr/bin/{program}"))
        {
            return;
        }

        string file = System.IO.Path.Combine(fixture.Server.Folder, $"completion.{shell}");
        await System.IO.File.WriteAllTextAsync(file, script.All);
        CommandResult check = await CommandResult.RunAsync(program, [argument, file]);
        Assert.True(check.ExitCode == 0, check.All);
    }

    [Fact]
    public async Task Completion_InBash_OffersTheVerbs()
    {
        CommandResult script = await NodeDnsProcess.RunAsync("completion", "bash");
        string file = System.IO.Path.Combine(fixture.Server.Folder, "complete.sh");
        await System.IO.File.WriteAllTextAsync(
            file, script.All + "\nCOMP_WORDS=(nodedns cache fl); COMP_CWORD=2; _nodedns; echo \"${COMPREPLY[@]}\"\n");

        CommandResult offered = await CommandResult.RunAsync("bash", [file]);

        Assert.Equal("flush flush-zone", offered.All.Trim());
    }

    private static long Count(string stats, string name) => long.Parse(
        stats.Split('\n').First(line => line.StartsWith(name, StringComparison.Ordinal))[30..].Split(' ')[0],
        System.Globalization.CultureInfo.InvariantCulture);

    private Task<CommandResult> Exec(params string[] command) =>
        NodeDnsProcess.RunAsync([.. command, "-control-socket", fixture.Server.ControlSocket]);

    private async Task<string> Run(params string[] command)
    {
        CommandResult result = await Exec(command);
        Assert.True(result.ExitCode == 0, result.All);
        return result.All;
    }
}

/// <summary>A server with a bit of everything that can decide about a query.</summary>
public sealed class OperatorServer : ServerFixture
{
    public override string Corefile => $$"""
        .:{{Port}} {
            bind 127.0.0.1
            rewrite name exact old.test new.test
            deny blocked.test
            hosts {
                192.0.2.77 local.test
                fallthrough
            }
            cache {
                serve_stale 1h verify
            }
            forward . {{UpstreamAddress}}
        }
        secret.test:{{Port}} {
            bind 127.0.0.1
            acl {
                block
            }
            forward . {{UpstreamAddress}}
        }
        """;
}
