using System;
using Xunit;

namespace NodeDns.Tests.Pipeline;

public sealed class PlanBuilderTests
{
    [Theory]
    [InlineData("forward . tls://192.0.2.1 {\n tls_servername dns.example\n }")]
    [InlineData("forward . https://192.0.2.1")]
    public void Build_EncryptedUpstream_IsRefusedInsteadOfAskedInPlainText(string forward)
    {
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(
            () => new PipelineFixture($".:5300 {{\n bind 127.0.0.1\n {forward}\n}}\n"));
        Assert.StartsWith("Corefile:3:", refused.Message, StringComparison.Ordinal);
    }
}
