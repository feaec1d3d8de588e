using System.Linq;
using NodeDns.Config.Values;
using Xunit;

namespace NodeDns.Tests.Config.Values;

public sealed class ResolvConfTests
{
    [Fact]
    public void Servers_RealFile_InOrderWithoutCommentsAndRepetitions()
    {
        const string Text = """
            # nameserver 192.0.2.1
            search default.svc.cluster.local svc.cluster.local
            nameserver 10.0.0.10 # first
              nameserver	2001:db8::53
            nameserver 10.0.0.10
            nameserver nonsense
            nameserver
            ; nameserver 192.0.2.2
            options ndots:5
            """;

        Assert.Equal(["10.0.0.10", "2001:db8::53"], ResolvConf.Servers(Text).Select(a => a.ToString()));
    }

    [Fact]
    public void Servers_ScopeThisMachineDoesNotKnow_AddressWithoutIt() =>
        Assert.Equal(["fe80::1"], ResolvConf.Servers("nameserver fe80::1%nosuch0").Select(a => a.ToString()));

    [Theory]
    [InlineData("")]
    [InlineData("search example.org")]
    public void Servers_NoNameserver_None(string text) => Assert.Empty(ResolvConf.Servers(text));
}
