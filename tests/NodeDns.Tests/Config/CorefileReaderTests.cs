using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using NodeDns.Config;
using Xunit;

namespace NodeDns.Tests.Config;

public sealed class CorefileReaderTests
{
    private readonly FakeMachine _machine = new();

    [Fact]
    public void Errors_OfAWholeFile_AllAtOnceInTheirOrder()
    {
        const string Text = """
            .:53 {
                cahce 30
                forward . 10.0.0.1 {
                    policy quickest
                    expire 20
                }
                cache {
                    serve_stale 3600s 86400s
                }
                kubernetes cluster.local
            }
            b..c {
                health bla
            }
            """;

        Assert.Equal(
            [
                "Corefile:2:5: unknown directive \"cahce\"; did you mean \"cache\"?",
                "Corefile:4:16: forward: expected random, round_robin, sequential or fastest, found \"quickest\"",
                "Corefile:5:16: forward: \"20\" has no unit; did you mean \"20s\"?",
                "Corefile:8:27: cache: serve_stale takes one duration; did you mean \"serve_stale 86400s\"?",
                "Corefile:10:5: kubernetes: is not supported: a node-local proxy does not watch the API server; "
                    + "forward the cluster domain to the cluster's DNS: \"forward . __PILLAR__CLUSTER__DNS__\"",
                "Corefile:12:1: \"b..c\" is not a domain name: it has an empty label",
                "Corefile:13:12: health: expected [ADDRESS]:PORT such as \":8080\", found \"bla\"",
            ],
            _machine.ReadErrors(Text).ToArray());
    }

    [Fact]
    public void Errors_MoreThanAnybodyReads_CutWithANote()
    {
        ImmutableArray<string> errors = _machine.ReadErrors(". {\n" + string.Concat(Enumerable.Repeat("xyzzy\n", 5000)) + "}");

        Assert.Equal(201, errors.Length);
        Assert.Contains(errors, e => e.EndsWith("more than 200 mistakes; the rest is left out", StringComparison.Ordinal));
    }

    [Fact]
    public void Errors_WithControlCharacters_OnOneCleanLine()
    {
        string error = Assert.Single(_machine.ReadErrors(". {\n\"a\u001b[31m\nb\"\n}"));

        Assert.Equal("Corefile:2:1: unknown directive \"a\\u001b[31m\\nb\"", error);
    }

    [Fact]
    public void Hash_CommentsWhiteSpaceAndQuotes_DoNotCount()
    {
        string one = _machine.ReadConfig(". {\n  cache 30\n  errors\n}").Hash;
        string two = _machine.ReadConfig("# comment\n.   {\n\n\tcache \"30\" # more\r\n\terrors\n}\n\n").Hash;

        Assert.Equal(one, two);
        Assert.Equal(32, one.Length);
    }

    [Theory]
    [InlineData(". {\ncache 30\nerrors\n}", ". {\ncache 31\nerrors\n}")]
    [InlineData(". {\ncache 30\nerrors\n}", ". {\nerrors\ncache 30\n}")]
    [InlineData("a {\nwhoami\n}", "a:54 {\nwhoami\n}")]
    [InlineData(". {\ndeny ab c\n}", ". {\ndeny a bc\n}")]
    [InlineData("a b {\nwhoami\n}", "a {\nwhoami\n}\nb {\nwhoami\n}")]
    public void Hash_AnotherMeaning_AnotherHash(string one, string two) =>
        Assert.NotEqual(_machine.ReadConfig(one).Hash, _machine.ReadConfig(two).Hash);

    [Fact]
    public void Hash_ImportAndEnvironmentAndResolvConf_Count()
    {
        const string Text = "import x\n{$ZONE} {\nforward . /etc/resolv.conf\n}";
        _machine.Files["x"] = "a.example {\nwhoami\n}";
        _machine.Environment["ZONE"] = "b.example";
        string before = _machine.ReadConfig(Text).Hash;

        _machine.Files["x"] = "# only a comment\na.example {\nwhoami\n}";
        Assert.Equal(before, _machine.ReadConfig(Text).Hash);

        _machine.Environment["ZONE"] = "c.example";
        Assert.NotEqual(before, _machine.ReadConfig(Text).Hash);

        _machine.Environment["ZONE"] = "b.example";
        _machine.Files["/etc/resolv.conf"] = "nameserver 10.0.0.77\n";
        Assert.NotEqual(before, _machine.ReadConfig(Text).Hash);
    }

    [Fact]
    public void Read_MissingFile_IsTheError()
    {
        CorefileResult result = CorefileReader.Read("/no/Corefile", _machine.Context);

        Assert.Null(result.Config);
        Assert.Equal("/no/Corefile:1:1: cannot read the file: no such file", Assert.Single(result.Errors).ToString());
        Assert.Equal(["/no/Corefile"], result.FilesRead.ToArray());
    }

    [Fact]
    public void Read_RealFilesOfTheMachine_WithImports()
    {
        string folder = Directory.CreateTempSubdirectory("nodedns-config").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "Corefile"), "import zones/*.conf\n");
            Directory.CreateDirectory(Path.Combine(folder, "zones", "..data"));
            File.WriteAllText(Path.Combine(folder, "zones", "a.conf"), "a.example {\n  whoami\n}\n");
            File.WriteAllText(Path.Combine(folder, "zones", "b.conf"), "b.example {\n  import missing\n}\n");

            CorefileResult result = CorefileReader.Read(Path.Combine(folder, "Corefile"), new CorefileContext());

            string error = Assert.Single(result.Errors).ToString();
            Assert.StartsWith(Path.Combine(folder, "zones/b.conf") + ":2:10: import: ", error, StringComparison.Ordinal);
            Assert.Equal(4, result.FilesRead.Length);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Read_FileThatNeverEnds_RefusedAtABound()
    {
        CorefileResult result = CorefileReader.Read("/dev/zero", new CorefileContext());

        Assert.Contains("is larger than", Assert.Single(result.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void HostNames_ThatNobodyKnows_LookedUpOnlySoOften()
    {
        int lookups = 0;
        CorefileContext context = _machine.Context with
        {
            ResolveHost = _ =>
            {
                lookups++;
                return [];
            },
        };
        string text = ". {\n" + string.Concat(Enumerable.Range(0, 500).Select(i => $"forward . host{i}.example\n")) + "}";

        CorefileReader.ReadText(text, "Corefile", context);

        Assert.Equal(100, lookups);
    }
}
