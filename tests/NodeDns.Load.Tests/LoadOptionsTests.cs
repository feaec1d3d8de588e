using System;
using Xunit;

namespace NodeDns.Load.Tests;

public sealed class LoadOptionsTests
{
    [Fact]
    public void TryParse_AllKinds_AreTaken()
    {
        string[] args =
        [
            "tcp", "[::1]:5300", "--sockets", "4", "--rate", "1000.5", "--sources", "127.0.0.2,127.0.0.3",
            "--server-pid", "1,2", "--json", "--no-prime", "--misses", "12.5", "--zone", "a.test.",
        ];
        Assert.True(LoadOptions.TryParse(args, out LoadOptions? options, out _));
        Assert.True(options.IsTcp && options.Json && !options.Prime);
        Assert.Equal("[::1]:5300", options.Server.ToString());
        Assert.Equal((4, 1000.5, 12.5), (options.Sockets, options.Rate, options.MissPercent));
        Assert.Equal(2, options.Sources.Count);
        Assert.Equal([1, 2], options.ServerPids);
        Assert.Equal(("a.test", "w.a.test"), (options.Zone, options.MissZone));
    }

    [Theory]
    [InlineData("")]
    [InlineData("udp")]
    [InlineData("sctp 127.0.0.1:53")]
    [InlineData("udp 127.0.0.1")]
    [InlineData("udp localhost:53")]
    [InlineData("udp 127.0.0.1:53 --sockets")]
    [InlineData("udp 127.0.0.1:53 --sockets 0")]
    [InlineData("udp 127.0.0.1:53 --outstanding 4097")]
    [InlineData("udp 127.0.0.1:53 --misses 101")]
    [InlineData("udp 127.0.0.1:53 --sources here")]
    [InlineData("udp 127.0.0.1:53 --colour red")]
    public void TryParse_WrongLine_SaysSo(string line)
    {
        string[] args = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.False(LoadOptions.TryParse(args, out _, out string? problem));
        Assert.NotEmpty(problem);
    }
}
