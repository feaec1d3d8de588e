using System;
using System.Linq;
using NodeDns.Config;
using Xunit;

namespace NodeDns.Tests.Config.Directives;

public sealed class DnstapDirectiveTests
{
    [Theory]
    [InlineData("dnstap /run/d.sock", "/run/d.sock", false, 1)]
    [InlineData("dnstap unix:///run/d.sock full", "/run/d.sock", true, 1)]
    [InlineData("dnstap tcp://10.0.0.1:6001 full 4 2", "10.0.0.1:6001", true, 2)]
    [InlineData("dnstap tcp://10.0.0.1", "10.0.0.1:6000", false, 1)]
    [InlineData("dnstap tcp://[::1]:7 full", "[::1]:7", true, 1)]
    [InlineData("dnstap tcp://tap.example:6000", "Unspecified/tap.example:6000", false, 1)]
    [InlineData("dnstap /s full 1 4096", "/s", true, 8)]
    [InlineData("dnstap tls://tap.example full", "Unspecified/tap.example:6000", true, 1)]
    public void Read_Forms_OfCoreDns(string directive, string endPoint, bool isFull, int factor)
    {
        DnstapConfig tap = Assert.Single(Read(directive).Config!.Blocks[0].Dnstaps);

        Assert.Equal(endPoint, tap.EndPoint.ToString());
        Assert.Equal(isFull, tap.IsFull);
        Assert.Equal(factor, tap.QueueFactor);
    }

    [Theory]
    [InlineData("dnstap tcp://10.0.0.1", null, false)]
    [InlineData("dnstap tls://10.0.0.1", "10.0.0.1", false)]
    [InlineData("dnstap tls://tap.example:6001 {\nskipverify\n}", "tap.example", true)]
    public void Read_Tls_IsForTheHostNamed(string directive, string? name, bool trustsAnybody)
    {
        DnstapConfig tap = Assert.Single(Read(directive).Config!.Blocks[0].Dnstaps);

        Assert.Equal((name, trustsAnybody), (tap.Tls?.Name, tap.Tls?.TrustsAnybody ?? false));
    }

    [Fact]
    public void Read_BlockAndSeveralLines_AreKept()
    {
        CorefileResult read = Read("dnstap /a full {\nidentity node-1\nversion 9\nextra more\n}\ndnstap /b");

        Assert.Equal(["/a", "/b"], read.Config!.Blocks[0].Dnstaps.Select(tap => tap.Text));
        Assert.Equal(("node-1", "9", "more"), (read.Config.Blocks[0].Dnstaps[0].Identity, read.Config.Blocks[0].Dnstaps[0].Version, read.Config.Blocks[0].Dnstaps[0].Extra));
    }

    [Theory]
    [InlineData("dnstap", "the socket is missing")]
    [InlineData("dnstap listen /s", "does not wait for one")]
    [InlineData("dnstap tls://:6000", "expected tls://HOST:PORT")]
    [InlineData("dnstap tcp://10.0.0.1 {\nskipverify\n}", "is for a collector at tls://HOST:PORT")]
    [InlineData("dnstap /s {\ntls /ca.pem\n}", "is for a collector at tls://HOST:PORT")]
    [InlineData("dnstap tls://10.0.0.1 {\ntls /nowhere/ca.pem\n}", "there is no file")]
    [InlineData("dnstap tls://10.0.0.1 {\ntls\n}", "an argument is missing")]
    [InlineData("dnstap tls://10.0.0.1 {\nskipverify yes\n}", "skipverify")]
    [InlineData("dnstap relative.sock", "expected the path of a Unix socket")]
    [InlineData("dnstap tcp://10.0.0.1:99999", "expected tcp://HOST:PORT")]
    [InlineData("dnstap tcp://", "expected tcp://HOST:PORT")]
    [InlineData("dnstap /s full x", "expected a write buffer in MiB")]
    [InlineData("dnstap /s full 1 0", "expected a factor for the queue")]
    [InlineData("dnstap /s full 1 1 1", "found more")]
    [InlineData("dnstap /s {\nverify\n}", "unknown option")]
    [InlineData("dnstap /s {\nidentity\n}", "an argument is missing")]
    public void Read_Mistakes_AreNamed(string directive, string message) =>
        Assert.Contains(Read(directive).Errors, error => error.ToString().Contains(message, StringComparison.Ordinal));

    private static CorefileResult Read(string directive) =>
        CorefileReader.ReadText($". {{\n{directive}\nforward . 10.0.0.1\n}}\n", "Corefile", new FakeMachine().Context);
}
