using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Net;
using NodeDns.Config;
using NodeDns.Hosting;
using Xunit;

namespace NodeDns.Tests.Hosting;

public sealed class CorefileSourceTests
{
    private const string Base = "/etc/coredns/Corefile.base";

    [Theory]
    [InlineData(null, null, false, false, "embedded Corefile")]
    [InlineData("/c", null, false, true, "/c")]
    [InlineData("/c", null, true, true, Base)]
    [InlineData("/c", null, true, false, "/c")]
    [InlineData("/c", "/b", false, false, "/b")]
    [InlineData(null, null, true, true, Base)]
    [InlineData("-", "/b", true, true, "stdin")]
    public void Choose_FlagsAndTemplate_PicksOneSource(
        string? conf, string? baseCorefile, bool localIp, bool templateExists, string expected)
    {
        ServerOptions options = new()
        {
            ConfigPath = conf,
            BaseCorefile = baseCorefile,
            LocalAddresses = localIp ? [IPAddress.Loopback] : [],
        };
        FewFiles files = new();
        if (templateExists)
        {
            files[Base] = "";
        }

        Assert.Equal(expected, CorefileSource.Choose(options, () => new StringReader("text"), files).Name);
    }

    [Fact]
    public void Choose_StandardInput_IsReadOnce()
    {
        using StringReader input = new(".:53 {\n}\n");
        CorefileSource source = CorefileSource.Choose(new ServerOptions { ConfigPath = "-" }, () => input, new FewFiles());
        Assert.Equal(".:53 {\n}\n", source.Text);
        Assert.Equal("", input.ReadToEnd());
        Assert.False(source.IsFile);
    }

    [Theory]
    [InlineData("search x\nnameserver 10.0.0.1\n", true)]
    [InlineData("search x\n", false)]
    [InlineData(null, false)]
    public void Choose_Embedded_ForwardsOnlyWhereResolvConfNamesAServer(string? resolvConf, bool forwards)
    {
        FewFiles files = new();
        if (resolvConf is not null)
        {
            files["/etc/resolv.conf"] = resolvConf;
        }

        CorefileSource source = CorefileSource.Choose(new ServerOptions(), () => TextReader.Null, files);

        Assert.True(source.IsEmbedded);
        Assert.Equal(EmbeddedCorefile.Text(forwards), source.Text);
    }

    [Fact]
    public void FilesToWatch_TextSource_DoesNotNameTheText()
    {
        CorefileSource source = CorefileSource.Choose(new ServerOptions(), () => TextReader.Null, new FewFiles());
        CorefileResult result = new(null, [], [], [source.Name, "/etc/resolv.conf"]);
        Assert.Equal("/etc/resolv.conf", Assert.Single(source.FilesToWatch(result)));
        Assert.Equal(2, CorefileSource.OfFile("/c").FilesToWatch(result).Length);
    }

    private sealed class FewFiles : Dictionary<string, string>, ICorefileFiles
    {
        public string? TryRead(string path, out string error)
        {
            error = ContainsKey(path) ? "" : "no such file";
            return this.GetValueOrDefault(path);
        }

        public bool Exists(string path) => ContainsKey(path);

        public ImmutableArray<string> List(string folder) => [];
    }
}
