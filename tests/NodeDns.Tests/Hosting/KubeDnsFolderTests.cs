using System.Collections.Immutable;
using System.IO;
using System.Linq;
using NodeDns.Config;
using NodeDns.Hosting;
using NodeDns.Logging;
using NodeDns.Metrics;
using Xunit;

namespace NodeDns.Tests.Hosting;

public sealed class KubeDnsFolderTests
{
    private static readonly CorefileSource s_source = new(
        "stdin", IsFile: false, IsEmbedded: false, ". {\n    bind 127.0.0.1\n    forward . __PILLAR__UPSTREAM__SERVERS__\n}\n");

    [Fact]
    public void Read_BadConfigMap_KeepsWhatItSaidBeforeAndCounts()
    {
        SetupCounters counters = new();
        MountedMap map = new() { Upstreams = """["192.0.2.53"]""" };
        KubeDnsFolder folder = new("/etc/kube-dns", map, Log.To(TextWriter.Null), counters);

        Assert.Equal("192.0.2.53:53", UpstreamOf(folder));
        map.Upstreams = "not JSON";
        Assert.Equal("192.0.2.53:53", UpstreamOf(folder));

        Assert.Equal(1, counters[SetupError.ConfigMap]);
    }

    private static string? UpstreamOf(KubeDnsFolder folder)
    {
        CorefileResult result = folder.Read(s_source, new CorefileContext { DefaultPort = 5300 });
        Assert.Empty(result.Errors);
        return result.Config!.Blocks[0].Forwards[0].Upstreams.Single().EndPoint?.ToString();
    }

    private sealed class MountedMap : ICorefileFiles
    {
        public string? Upstreams { get; set; }

        public string? TryRead(string path, out string error)
        {
            error = "";
            return path.EndsWith("upstreamNameservers", System.StringComparison.Ordinal) ? Upstreams : null;
        }

        public bool Exists(string path) => false;

        public ImmutableArray<string> List(string folder) => [];
    }
}
