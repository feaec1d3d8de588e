using System;
using NodeDns.Hosting;
using Xunit;

namespace NodeDns.Tests.Hosting;

public sealed class EmbeddedCorefileTests
{
    [Fact]
    public void Text_MachineHasAResolver_ForwardsToIt() =>
        Assert.Contains("\n    forward . /etc/resolv.conf\n", EmbeddedCorefile.Text(canForward: true), StringComparison.Ordinal);

    [Fact]
    public void Text_MachineHasNone_DoesWithoutForward() =>
        Assert.DoesNotContain("\n    forward", EmbeddedCorefile.Text(canForward: false), StringComparison.Ordinal);

    [Fact]
    public void TryLine_IsTheDigOfTheExampleName() =>
        Assert.Equal("try: dig @127.0.0.1 -p 5300 www.example.test", EmbeddedCorefile.TryLine);
}
