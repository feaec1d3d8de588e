using System;
using System.IO;
using System.Linq;
using System.Net;
using NodeDns.Linux.Netfilter;
using NodeDns.Linux.Tests.Netlink;
using Xunit;

namespace NodeDns.Linux.Tests.Netfilter;

public sealed class IptablesProgramTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(5);
    private static readonly NotrackScope s_scope = new([IPAddress.Parse("169.254.20.10"), IPAddress.Parse("fd00::10")], 53, 8080);

    [IptablesFact]
    public void Restore_GuardedRules_AreFoundByCheckAndListedAsOwn() => NetworkNamespace.Run(() =>
    {
        IptablesProgram program = new();
        foreach (bool isIPv6 in new[] { false, true })
        {
            IptablesRule[] rules = [.. IptablesRuleSet.For(s_scope, isGuarded: true).Where(rule => rule.IsIPv6 == isIPv6)];
            Assert.All(rules, rule => Assert.Equal(IptablesOutcome.Refused, program.Check(rule, s_deadline).Outcome));

            IptablesResult restored = program.Restore(
                isIPv6, IptablesProgram.Script(rules.Select(rule => (rule.Table, rule.RestoreLine("-I")))), s_deadline);

            Assert.True(restored.IsDone, restored.Text);
            Assert.All(rules, rule => Assert.Equal(IptablesOutcome.Done, program.Check(rule, s_deadline).Outcome));
            Assert.Equal(8, IptablesRuleSet.OwnLines(program.List(isIPv6, "raw", s_deadline).Text, s_scope.Addresses).Length);
            Assert.Equal(4, IptablesRuleSet.OwnLines(program.List(isIPv6, "filter", s_deadline).Text, s_scope.Addresses).Length);
        }
    });

    [IptablesFact]
    public void Restore_ListedLinesAsDeletions_RemovesDuplicatesToo() => NetworkNamespace.Run(() =>
    {
        IptablesProgram program = new();
        IptablesRule rule = IptablesRuleSet.For(s_scope, isGuarded: false)[0];
        string twice = IptablesProgram.Script([(rule.Table, rule.RestoreLine("-I")), (rule.Table, rule.RestoreLine("-I"))]);
        Assert.True(program.Restore(isIPv6: false, twice, s_deadline).IsDone);
        string[] lines = [.. IptablesRuleSet.OwnLines(program.List(false, "raw", s_deadline).Text, s_scope.Addresses)];

        string removal = IptablesProgram.Script(lines.Select(line => ("raw", "-D" + line["-A".Length..])));

        Assert.Equal(2, lines.Length);
        Assert.True(program.Restore(isIPv6: false, removal, s_deadline).IsDone);
        Assert.Empty(IptablesRuleSet.OwnLines(program.List(false, "raw", s_deadline).Text, s_scope.Addresses));
    });

    [IptablesFact]
    public void Restore_OneWrongLine_ChangesNothing() => NetworkNamespace.Run(() =>
    {
        IptablesProgram program = new();
        IptablesRule rule = IptablesRuleSet.For(s_scope, isGuarded: false)[0];

        IptablesResult result = program.Restore(
            isIPv6: false, IptablesProgram.Script([("raw", rule.RestoreLine("-I")), ("raw", "-D PREROUTING -d 1.2.3.4 -j NOTRACK")]), s_deadline);

        Assert.False(result.IsDone);
        Assert.Equal(IptablesOutcome.Refused, program.Check(rule, s_deadline).Outcome);
    });

    [Fact]
    public void Run_ProgramMissing_SaysWhich()
    {
        IptablesResult result = new IptablesProgram("/nonexistent").List(isIPv6: true, "raw", s_deadline);

        Assert.Equal(IptablesOutcome.Missing, result.Outcome);
        Assert.Equal("ip6tables is not installed", result.Text);
    }

    [Fact]
    public void Run_LockHeldByAnother_IsToldApart()
    {
        using FakeIptables fake = new("echo 'Another app is currently holding the xtables lock. Stopped waiting after 1s.' >&2; exit 4");

        Assert.Equal(IptablesOutcome.Locked, fake.Program.List(isIPv6: false, "raw", s_deadline).Outcome);
    }

    [Fact]
    public void Run_ThatNeverEnds_IsEnded()
    {
        using FakeIptables fake = new("exec sleep 60");

        IptablesResult result = fake.Program.List(isIPv6: false, "raw", TimeSpan.FromMilliseconds(10));

        Assert.Equal(IptablesOutcome.Late, result.Outcome);
        Assert.Contains("did not end", result.Text, StringComparison.Ordinal);
    }

    private sealed class FakeIptables : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("nodedns-iptables-").FullName;

        public FakeIptables(string script)
        {
            string path = Path.Combine(_folder, "iptables");
            File.WriteAllText(path, "#!/bin/sh\n" + script + "\n");
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Program = new IptablesProgram(_folder);
        }

        public IptablesProgram Program { get; }

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>A test that needs root and iptables.</summary>
internal sealed class IptablesFactAttribute : FactAttribute
{
    public IptablesFactAttribute()
    {
        if (!NetworkNamespace.IsAllowed)
        {
            Skip = "no network namespaces here (they need root)";
        }
        else if (new IptablesProgram().List(isIPv6: false, "raw", TimeSpan.FromSeconds(5)).Outcome == IptablesOutcome.Missing)
        {
            Skip = "iptables is not installed";
        }
    }
}
