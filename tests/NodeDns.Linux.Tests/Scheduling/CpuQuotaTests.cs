using System;
using System.IO;
using NodeDns.Linux.Scheduling;
using Xunit;

namespace NodeDns.Linux.Tests.Scheduling;

/// <summary>Each test lays out the files of a machine below a folder of its own.</summary>
public sealed class CpuQuotaTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("nodedns-quota-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("max 100000", 8)]
    [InlineData("50000 100000", 1)]
    [InlineData("100000 100000", 1)]
    [InlineData("150000 100000", 2)]
    [InlineData("6400000 100000", 8)]
    [InlineData("nonsense", 8)]
    [InlineData("", 8)]
    public void Workers_Version2_IsTheQuotaRoundedUpWithinTheCpus(string cpuMax, int expected)
    {
        Write("proc/self/cgroup", "0::/pod/container\n");
        Write("sys/fs/cgroup/pod/container/cpu.max", cpuMax + "\n");
        Assert.Equal(expected, CpuQuota.Workers(_root, 8));
    }

    [Fact]
    public void Workers_TighterParent_IsBoundByTheParent()
    {
        Write("proc/self/cgroup", "0::/pod/container\n");
        Write("sys/fs/cgroup/pod/container/cpu.max", "max 100000\n");
        Write("sys/fs/cgroup/pod/cpu.max", "200000 100000\n");
        Assert.Equal(2, CpuQuota.Workers(_root, 8));
    }

    [Fact]
    public void Workers_OwnGroupIsTheRootOfTheMount_IsRead()
    {
        Write("proc/self/cgroup", "0::/\n");
        Write("sys/fs/cgroup/cpu.max", "300000 100000\n");
        Assert.Equal(3, CpuQuota.Workers(_root, 8));
    }

    [Theory]
    [InlineData("-1", "100000", 8)]
    [InlineData("250000", "100000", 3)]
    public void Workers_Version1_IsTheQuotaRoundedUp(string quota, string period, int expected)
    {
        Write("proc/self/cgroup", "5:memory:/pod\n4:cpu,cpuacct:/pod\n");
        Write("sys/fs/cgroup/cpu,cpuacct/pod/cpu.cfs_quota_us", quota + "\n");
        Write("sys/fs/cgroup/cpu,cpuacct/pod/cpu.cfs_period_us", period + "\n");
        Assert.Equal(expected, CpuQuota.Workers(_root, 8));
    }

    [Fact]
    public void Workers_NoControlGroups_IsTheNumberOfCpus() => Assert.Equal(3, CpuQuota.Workers(_root, 3));

    [Fact]
    public void Workers_OnThisMachine_IsBetweenOneAndItsCpus() =>
        Assert.InRange(CpuQuota.Workers(), 1, ThreadPlacement.AllowedCpus().Length);

    private void Write(string path, string text)
    {
        string file = Path.Join(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
