using System.IO;
using System.Text;
using NodeDns.Config;
using NodeDns.Hosting;
using NodeDns.Tests.Config;
using Xunit;

namespace NodeDns.Tests.Hosting;

public sealed class StartupTextTests
{
    [Fact]
    public void Of_AnyConfig_IsNineLinesAtMostAndSaysWhatMatters()
    {
        StringBuilder corefile = new(". {\nhealth 127.0.0.1:8080\nready :8181\nprometheus :9253\nforward . 10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7\n}\n");
        for (int i = 0; i < 30; i++)
        {
            corefile.Append($"z{i}.test {{\nbind 10.0.0.1\nforward . 10.1.0.{i + 1}\n}}\n");
        }

        string[] lines = Lines(corefile.ToString(), "nftables NOTRACK for 169.254.20.10");

        Assert.InRange(lines.Length, 4, 9);
        Assert.Equal("serving .:53 on all addresses, forwarding to 10.0.0.1:53 10.0.0.2:53 10.0.0.3:53 10.0.0.4:53 10.0.0.5:53 10.0.0.6:53 and 1 more", lines[1]);
        Assert.Equal("serving z0.test.:53 on 10.0.0.1, forwarding to 10.1.0.1:53", lines[2]);
        Assert.Contains("and 26 more server blocks", lines);
        Assert.Equal("interception nftables NOTRACK for 169.254.20.10; health on 127.0.0.1:8080, ready on :8181, metrics on :9253", lines[^1]);
    }

    [Fact]
    public void Of_OneBlock_IsThreeLines() =>
        Assert.Equal(3, Lines(". {\nwhoami\n}\n", "off").Length);

    private static string[] Lines(string text, string interception)
    {
        CorefileResult read = CorefileReader.ReadText(text, "Corefile", new FakeMachine().Context);
        Assert.Empty(read.Errors);
        CorefileSource source = CorefileSource.Choose(
            new ServerOptions { ConfigPath = "/nowhere/Corefile" }, () => TextReader.Null, new FakeMachine().Context.Files);
        return [.. StartupText.Of(read.Config!, source, workers: 2, cacheBytes: 32 << 20, interception)];
    }
}
