using NodeDns.Node;
using Xunit;

namespace NodeDns.Tests.Node;

public sealed class KubeDnsConfigTests
{
    [Fact]
    public void Extend_StubDomains_BecomeBlocksBehindTheCorefile()
    {
        KubeDnsConfig? config = KubeDnsConfig.TryParse("""{"corp.example": ["10.0.0.1", "10.0.0.2:5353"]}""", null, out string error);

        Assert.Equal("", error);
        Assert.Equal(
            ". {\n}\n\ncorp.example:53 {\n    errors\n    cache 30\n    bind __PILLAR__LOCAL__DNS__\n    forward . 10.0.0.1 10.0.0.2:5353\n}\n",
            config!.Extend(". {\n}\n", 53));
    }

    [Fact]
    public void Extend_OwnUpstreams_AreNotForcedToTcp()
    {
        KubeDnsConfig? config = KubeDnsConfig.TryParse("", """["8.8.8.8","1.1.1.1"]""", out _);
        const string Template = ".:53 {\n    forward . __PILLAR__UPSTREAM__SERVERS__ {\n            force_tcp\n    }\n}\n";

        Assert.Equal("8.8.8.8 1.1.1.1", string.Join(' ', config!.Upstreams));
        Assert.Equal(".:53 {\n    forward . __PILLAR__UPSTREAM__SERVERS__\n}\n", config.Extend(Template, 53));
        Assert.Equal(Template, KubeDnsConfig.Empty.Extend(Template, 53));
    }

    [Theory]
    [InlineData("{", null, "stubDomains: no JSON")]
    [InlineData(null, "{}", "upstreamNameservers: no JSON")]
    [InlineData("[]", null, "no JSON")]
    [InlineData("""{"corp.example": []}""", null, "no servers")]
    [InlineData("""{"corp.example": ["dns.corp"]}""", null, "is no IP[:PORT]")]
    [InlineData("""{"a b {": ["10.0.0.1"]}""", null, "is no domain name")]
    [InlineData(null, """["1.1.1.1","1.1.1.2","1.1.1.3","1.1.1.4"]""", "at most 3")]
    public void TryParse_WhatKubeDnsRefuses_IsRefusedWithTheReason(string? stubs, string? upstreams, string expected)
    {
        Assert.Null(KubeDnsConfig.TryParse(stubs, upstreams, out string error));
        Assert.Contains(expected, error, System.StringComparison.Ordinal);
    }
}
