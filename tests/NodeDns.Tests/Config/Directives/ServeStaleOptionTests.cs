using System;
using NodeDns.Config;
using Xunit;

namespace NodeDns.Tests.Config.Directives;

public sealed class ServeStaleOptionTests
{
    private readonly FakeMachine _machine = new();

    [Theory]
    [InlineData("", 3600)]
    [InlineData("20m", 1200)]
    [InlineData("1h20m", 4800)]
    [InlineData("86400s", 86400)]
    public void WithoutMode_ClientTimer(string words, int seconds) =>
        Assert.Equal(
            new ServeStaleConfig(TimeSpan.FromSeconds(seconds), ServeStaleMode.ClientTimer), Read($"serve_stale {words}"));

    [Theory]
    [InlineData("0m")]
    [InlineData("0")]
    [InlineData("0 verify")]
    [InlineData("0 VERIFY")]
    [InlineData("0 immediate")]
    public void ZeroWindow_IsOff(string words) => Assert.Null(Read($"serve_stale {words}"));

    [Theory]
    [InlineData("1h immediate", null, null)]
    [InlineData("1h IMMEDIATE", null, null)]
    [InlineData("1h immediate 30s", 30u, null)]
    [InlineData("1h immediate 30s 30s", 30u, 30)]
    [InlineData("1h immediate 4294967295s", uint.MaxValue, null)]
    [InlineData("1h immediate 0", 0u, null)]
    public void Immediate_WithItsOptions_Read(string words, uint? responseTtl, int? recheckSeconds) =>
        Assert.Equal(
            new ServeStaleConfig(
                TimeSpan.FromHours(1), ServeStaleMode.Immediate, null, responseTtl, Seconds(recheckSeconds)),
            Read($"serve_stale {words}"));

    [Theory]
    [InlineData("1h verify", null, null, null)]
    [InlineData("1h verify 100ms", 100, null, null)]
    [InlineData("1h verify 100ms 30s 30s", 100, 30u, 30)]
    [InlineData("1h verify 0 1m", null, 60u, null)]
    [InlineData("1h Verify 100ms 0 5m", 100, 0u, 300)]
    public void Verify_WithItsOptions_Read(string words, int? timeoutMilliseconds, uint? responseTtl, int? recheckSeconds) =>
        Assert.Equal(
            new ServeStaleConfig(
                TimeSpan.FromHours(1),
                ServeStaleMode.Verify,
                timeoutMilliseconds is int ms ? TimeSpan.FromMilliseconds(ms) : null,
                responseTtl,
                Seconds(recheckSeconds)),
            Read($"serve_stale {words}"));

    [Theory]
    [InlineData("serve_stale 1h\nserve_stale_policy prefer_positive")]
    [InlineData("serve_stale_policy PREFER_POSITIVE\nserve_stale 1h")]
    public void Policy_WithServeStale_InAnyOrder(string options) => Assert.True(Read(options)!.PreferPositive);

    [Theory]
    [InlineData("serve_stale 20", "3:13")]
    [InlineData("serve_stale -20m", "3:13")]
    [InlineData("serve_stale aa", "3:13")]
    [InlineData("serve_stale 1m nono", "3:16")]
    [InlineData("serve_stale 0 after nono", "3:15")]
    [InlineData("serve_stale 1h immediate 100ms", "3:26")]
    [InlineData("serve_stale 1h immediate 4294967296s", "3:26")]
    [InlineData("serve_stale 1h immediate -1s", "3:26")]
    [InlineData("serve_stale 1h immediate garbage", "3:26")]
    [InlineData("serve_stale 1h immediate 30s extra", "3:30")]
    [InlineData("serve_stale 1h immediate 30s 6m", "3:30")]
    [InlineData("serve_stale 1h immediate 30s 30s extra", "3:34")]
    [InlineData("serve_stale 1h verify -1ms", "3:23")]
    [InlineData("serve_stale 1h verify 100ms 500ms", "3:29")]
    [InlineData("serve_stale 1h verify 100ms 30s extra", "3:33")]
    [InlineData("serve_stale 1h verify 100ms 30s 30s extra", "3:37")]
    [InlineData("serve_stale_policy prefer_positive", "3:1")]
    [InlineData("serve_stale\nserve_stale_policy", "4:1")]
    [InlineData("serve_stale\nserve_stale_policy newest", "4:20")]
    [InlineData("serve_stale\nserve_stale_policy prefer_positive extra", "4:36")]
    [InlineData("serve_stale\nserve_stale_policy prefer_positive\nserve_stale_policy prefer_positive", "5:1")]
    public void Mistake_Refused_AtItsPlace(string options, string place) =>
        Assert.StartsWith(
            $"Corefile:{place}: cache: ",
            Assert.Single(_machine.ReadErrors($". {{\ncache {{\n{options}\n}}\n}}")),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("3600s 86400s", "86400s")]
    [InlineData("24h 1h", "24h")]
    public void TwoDurations_TheLongerOneIsSuggested(string words, string longer) =>
        Assert.EndsWith(
            $"takes one duration; did you mean \"serve_stale {longer}\"?",
            Assert.Single(_machine.ReadErrors($". {{\ncache {{\nserve_stale {words}\n}}\n}}")),
            StringComparison.Ordinal);

    private static TimeSpan? Seconds(int? seconds) => seconds is int s ? TimeSpan.FromSeconds(s) : null;

    private ServeStaleConfig? Read(string options) =>
        _machine.ReadBlock($". {{\ncache {{\n{options}\n}}\n}}").Cache!.ServeStale;
}
