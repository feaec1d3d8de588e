using System;
using System.IO;
using System.Linq;
using System.Net;
using NodeDns.Linux.Netfilter;
using NodeDns.Logging;
using NodeDns.Metrics;
using NodeDns.Node;
using Xunit;

namespace NodeDns.Tests.Node;

/// <summary>Guards are given up for a kernel that has none, and for nothing else; the programs are played by a script.</summary>
public sealed class IptablesInterceptionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nodedns-guards-").FullName;
    private readonly SetupCounters _counters = new();

    [Theory]
    [InlineData("case \"$*\" in *'-m socket'*) echo 'iptables: No chain/target/match by that name.' >&2; exit 2;; *-C*) exit 1;; esac", true, SetupError.Iptables)]
    [InlineData("echo 'Another app is currently holding the xtables lock. Stopped waiting after 5s.' >&2; exit 4", false, SetupError.IptablesLock)]
    public void TryInstall_GuardedRulesFail_ArePlainOnlyWhenTheKernelRefusedThem(string script, bool expected, object error)
    {
        foreach (string name in new[] { "iptables", "iptables-restore" })
        {
            string path = Path.Combine(_folder, name);
            File.WriteAllText(path, $"#!/bin/sh\n[ \"$1\" = --version ] && exit 0\n{script}\n");
            File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        }

        IptablesTables tables = new(new IptablesProgram(_folder), _counters);
        IptablesInterception interception = new(
            new NotrackScope([IPAddress.Parse("169.254.20.10")], 53, 8080), tables, skipTeardown: false, Log.To(TextWriter.Null));

        Assert.Equal(expected, interception.TryInstall(out string why));
        Assert.Equal(expected, why.Length == 0);
        Assert.NotEqual(0, _counters[(SetupError)error]);
        Assert.Equal(expected ? 0 : 2, interception.Rules.Count(rule => rule.Match.Contains("socket")));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
