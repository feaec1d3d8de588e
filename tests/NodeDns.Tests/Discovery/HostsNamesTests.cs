using System.Linq;
using NodeDns.Discovery;
using Xunit;

namespace NodeDns.Tests.Discovery;

public sealed class HostsNamesTests
{
    private const string Text = "# 192.0.2.9 dns.test\n192.0.2.1\tother.test dns.test # dns.example\n2001:db8::1 DNS.test\n"
        + "192.0.2.1 dns.test\nbad dns.test\n192.0.2.3\n";

    [Theory]
    [InlineData("dns.test", "192.0.2.1 2001:db8::1")]
    [InlineData("Dns.Test.", "192.0.2.1 2001:db8::1")]
    [InlineData("other.test", "192.0.2.1")]
    [InlineData("dns.example", "")]
    [InlineData("192.0.2.3", "")]
    public void Find_Name_ItsAddressesOnce(string name, string addresses) =>
        Assert.Equal(addresses, string.Join(' ', HostsNames.Find(Text, name).Select(address => address.ToString())));
}
