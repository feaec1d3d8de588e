using System;
using System.Threading.Tasks;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Operations;

/// <summary><c>nodedns selftest</c>: the gate after an apply.</summary>
public sealed class SelfTestTests
{
    [Fact]
    public async Task SelfTest_HealthyServer_AsksBothTransportsAndLeavesNothingBehind()
    {
        await using FakeUpstream upstream = new();
        upstream.Otherwise = query => query.NxDomain();
        await using NodeDnsProcess server = await StartAsync(upstream.Port, "");

        CommandResult result = await NodeDnsProcess.RunAsync("selftest", "-control-socket", server.ControlSocket);

        Assert.True(result.ExitCode == 0, result.All);
        Assert.Matches($@"127\.0\.0\.1:{server.Port} +udp +\. +ok [\d.]+ ms +ok [\d.]+ ms +ok [\d.]+ ms +ok ", result.Output);
        Assert.Matches($@"127\.0\.0\.1:{server.Port} +tcp +\. +ok [\d.]+ ms +ok [\d.]+ ms +ok [\d.]+ ms +ok ", result.Output);
        Assert.Matches($@"upstream +127\.0\.0\.1:{upstream.Port} up", result.Output);
        Assert.Contains("10 checks, 0 failed", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(upstream.Queries, query => query.Name.Contains("invalid", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SelfTest_DeadUpstream_FailsAndNamesIt()
    {
        int nobody = FreePort.Next();
        await using NodeDnsProcess server = await StartAsync(nobody, "");

        CommandResult result = await NodeDnsProcess.RunAsync("selftest", "-control-socket", server.ControlSocket);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("FAILED  miss of ", result.Output, StringComparison.Ordinal);
        Assert.Contains("SERVFAIL", result.Output, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{nobody}", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SelfTest_RulesThatRefuseEverybody_Fails()
    {
        await using FakeUpstream upstream = new();
        await using NodeDnsProcess server = await StartAsync(upstream.Port, "acl {\n block\n }");

        CommandResult result = await NodeDnsProcess.RunAsync("selftest", "-control-socket", server.ControlSocket);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("FAILED  hit of ", result.Output, StringComparison.Ordinal);
        Assert.Contains("REFUSED", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SelfTest_NoServer_SaysSo()
    {
        CommandResult result = await NodeDnsProcess.RunAsync("selftest", "-control-socket", "/nowhere/c.sock");
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("nodedns: no server answers at /nowhere/c.sock", result.Errors, StringComparison.Ordinal);
    }

    private static Task<NodeDnsProcess> StartAsync(int upstream, string directive)
    {
        int port = FreePort.Next();
        return NodeDnsProcess.StartAsync(new NodeDnsOptions
        {
            Port = port,
            Corefile = $".:{port} {{\n bind 127.0.0.1\n cache\n {directive}\n forward . 127.0.0.1:{upstream}\n}}\n",
        });
    }
}
