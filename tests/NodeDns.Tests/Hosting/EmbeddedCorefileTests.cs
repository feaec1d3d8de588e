using System;
using System.Collections.Immutable;
using NodeDns.Config;
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Text_ReadAsACorefile_HasNeitherErrorsNorWarnings(bool canForward)
    {
        CorefileContext context = new() { Files = new OneFile("/etc/resolv.conf", "nameserver 10.0.0.1\n") };
        CorefileResult result = CorefileReader.ReadText(EmbeddedCorefile.Text(canForward), EmbeddedCorefile.Name, context);

        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        ServerBlockConfig block = Assert.Single(result.Config!.Blocks);
        Assert.Equal(EmbeddedCorefile.Port, Assert.Single(block.Keys).Port);
        Assert.Equal(canForward ? 1 : 0, block.Forwards.Length);
    }

    [Fact]
    public void TryLine_IsTheDigOfTheExampleName() =>
        Assert.Equal("try: dig @127.0.0.1 -p 5300 www.example.test; status page: http://127.0.0.1:9253/", EmbeddedCorefile.TryLine);

    private sealed class OneFile(string path, string text) : ICorefileFiles
    {
        public string? TryRead(string wanted, out string error)
        {
            error = wanted == path ? "" : "no such file";
            return wanted == path ? text : null;
        }

        public bool Exists(string wanted) => wanted == path;

        public ImmutableArray<string> List(string folder) => [];
    }
}
