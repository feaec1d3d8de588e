using NodeDns.Node;
using Xunit;

namespace NodeDns.Tests.Node;

public sealed class CapabilitiesTests
{
    [Theory]
    [InlineData("Name:\tx\nCapEff:\t0000000000001400\n", true)]
    [InlineData("Name:\tx\nCapPrm:\t0000000000001400\nCapEff:\t0000000000000400\n", false)]
    [InlineData("nothing of the kind", false)]
    public void Parse_StatusOfAProcess_KnowsNetAdmin(string status, bool expected) =>
        Assert.Equal(expected, Capabilities.Parse(status).HasNetAdmin);
}
