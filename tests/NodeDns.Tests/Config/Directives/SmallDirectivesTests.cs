using System;
using System.Linq;
using System.Net;
using NodeDns.Config;
using Xunit;

namespace NodeDns.Tests.Config.Directives;

/// <summary>The directives that are read in a few lines each.</summary>
public sealed class SmallDirectivesTests
{
    private readonly FakeMachine _machine = new();

    [Fact]
    public void Flags_Given_Set()
    {
        ServerBlockConfig block = Read("any\nloop\nminimal\nwhoami");

        Assert.True(block.Any && block.Loop && block.Minimal && block.Whoami);
    }

    [Theory]
    [InlineData("bufsize", 1232)]
    [InlineData("bufsize 1220", 1220)]
    [InlineData("bufsize 512", 512)]
    [InlineData("bufsize 4096", 4096)]
    public void Bufsize_InRange_Read(string directive, int size) => Assert.Equal(size, Read(directive).Bufsize);

    [Theory]
    [InlineData("bind 10.0.0.1", "10.0.0.1")]
    [InlineData("bind 10.0.0.1 ::1\nbind 10.0.0.2 10.0.0.1", "10.0.0.1 ::1 10.0.0.2")]
    [InlineData("bind lo", "127.0.0.1 ::1")]
    [InlineData("bind lo {\nexcept 127.0.0.1\n}", "::1")]
    [InlineData("bind lo 10.0.0.1 {\nexcept lo\n}", "10.0.0.1")]
    public void Bind_AddressesAndInterfaces_Added(string directive, string addresses) =>
        Assert.Equal(addresses, string.Join(' ', Read(directive).Bind));

    [Fact]
    public void Health_Forms_Read()
    {
        Assert.Equal(new HealthConfig(new HttpEndPointConfig(null, 8080, ":8080"), TimeSpan.Zero), Read("health").Health);
        Assert.Equal(
            new HealthConfig(new HttpEndPointConfig(IPAddress.Loopback, 1234, "localhost:1234"), TimeSpan.FromSeconds(5)),
            Read("health localhost:1234 {\nlameduck 5s\n}").Health);
        Assert.Equal(IPAddress.Parse("fd00::1"), Read("health [fd00::1]:8080").Health!.EndPoint.Address);
    }

    [Fact]
    public void Ready_Forms_Read()
    {
        Assert.Equal(new ReadyConfig(new HttpEndPointConfig(null, 8181, ":8181"), false), Read("ready").Ready);
        Assert.True(Read("ready :8182 {\nmonitor continuously\n}").Ready!.Continuously);
        Assert.False(Read("ready :8182 {\nmonitor until-ready\n}").Ready!.Continuously);
    }

    [Fact]
    public void Prometheus_Forms_Read()
    {
        Assert.Equal(
            new PrometheusConfig(new HttpEndPointConfig(IPAddress.Loopback, 9153, "localhost:9153")), Read("prometheus").Prometheus);
        Assert.True(Read("prometheus :9253 {\nruntime_metrics\n}").Prometheus!.RuntimeMetrics);
    }

    [Theory]
    [InlineData("reload", 30, 15)]
    [InlineData("reload 2s", 2, 1)]
    [InlineData("reload 10s 1s", 10, 1)]
    [InlineData("reload 10s 0s", 10, 0)]
    [InlineData("reload 10s 30s", 10, 5)]
    public void Reload_Forms_JitterAtMostHalfTheInterval(string directive, int interval, int jitter) =>
        Assert.Equal(new ReloadConfig(TimeSpan.FromSeconds(interval), TimeSpan.FromSeconds(jitter)), Read(directive).Reload);

    [Fact]
    public void Timeouts_Some_TheOthersByDefault() =>
        Assert.Equal(
            new TimeoutsConfig(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromHours(24), 128),
            Read("timeouts {\nread 1s\nidle 24h\nmaxtcpqueries 128\n}").Timeouts);

    [Fact]
    public void Errors_Consolidate_InAllItsForms()
    {
        ErrorsConfig errors = Read("errors stdout {\nstacktrace\nconsolidate 5m \".* i/o timeout$\" warning show_first\nconsolidate 30s \"^Failed\"\n}").Errors!;

        Assert.True(errors.Stacktrace);
        Assert.Equal(
            [
                new ErrorsConsolidateConfig(TimeSpan.FromMinutes(5), ".* i/o timeout$", ErrorsLevel.Warning, true),
                new ErrorsConsolidateConfig(TimeSpan.FromSeconds(30), "^Failed", ErrorsLevel.Error, false),
            ],
            errors.Consolidate.ToArray());
    }

    [Theory]
    [InlineData("log", ".", LogConfig.CommonFormat, "All")]
    [InlineData("log a.example b.example", "a.example. b.example.", LogConfig.CommonFormat, "All")]
    [InlineData("log . \"{name} x\"", ".", "{name} x", "All")]
    [InlineData("log . {combined}", ".", LogConfig.CombinedFormat, "All")]
    [InlineData("log {common}", ".", LogConfig.CommonFormat, "All")]
    [InlineData("log a.example {\nclass denial error\n}", "a.example.", LogConfig.CommonFormat, "Denial, Error")]
    [InlineData("log {\nclass success\nclass denial\n}", ".", LogConfig.CommonFormat, "Success, Denial")]
    public void Log_Forms_Read(string directive, string zones, string format, string classes)
    {
        LogConfig log = Assert.Single(Read(directive).Logs);

        Assert.Equal((zones, format, classes), (string.Join(' ', log.Zones), log.Format, log.Classes.ToString()));
    }

    [Fact]
    public void Header_QueryResponseAndOldForm_Read() =>
        Assert.Equal(
            [
                new HeaderRuleConfig(false, HeaderFlag.RecursionAvailable, true),
                new HeaderRuleConfig(false, HeaderFlag.AuthoritativeAnswer, true),
                new HeaderRuleConfig(true, HeaderFlag.RecursionDesired, false),
                new HeaderRuleConfig(false, HeaderFlag.RecursionDesired, false),
            ],
            Read("header {\nresponse set ra aa\nquery clear rd\nclear rd\n}").Headers.ToArray());

    [Fact]
    public void LoadBalance_Forms_Read()
    {
        _machine.Files["/weights"] = "";

        Assert.Null(Read("loadbalance").LoadBalance!.WeightFile);
        Assert.Null(Read("loadbalance round_robin").LoadBalance!.WeightFile);
        LoadBalanceConfig weighted = Read("loadbalance weighted /weights {\nreload 10s\n}").LoadBalance!;
        Assert.Equal(("/weights", TimeSpan.FromSeconds(10)), (weighted.WeightFile, weighted.WeightReload));
        Assert.Equal(
            [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("fd00::/8")],
            Read("loadbalance {\nprefer 10.1.0.0/8 fd00::/8\n}").LoadBalance!.Prefer.ToArray());
    }

    [Fact]
    public void Dns64_Forms_Read()
    {
        Assert.Equal(new Dns64Config(IPNetwork.Parse("64:ff9b::/96")), Read("dns64").Dns64);
        Assert.Equal(new Dns64Config(IPNetwork.Parse("2001:db8::/32")), Read("dns64 2001:db8::/32").Dns64);
        Assert.Equal(
            new Dns64Config(IPNetwork.Parse("2001:db8::/64"), TranslateAll: true, AllowIpv4: true),
            Read("dns64 {\nprefix 2001:db8::/64\ntranslate_all\nallow_ipv4\n}").Dns64);
    }

    [Fact]
    public void Acl_Rules_InOrder()
    {
        AclConfig acl = Assert.Single(Read("acl a.example {\nallow net 10.0.0.0/8 192.0.2.1\nblock type ANY TXT net *\nfilter type *\ndrop\n}").Acls);

        Assert.Equal(["a.example."], acl.Zones.ToArray());
        Assert.Equal([AclAction.Allow, AclAction.Block, AclAction.Filter, AclAction.Drop], acl.Rules.Select(r => r.Action));
        Assert.Equal([IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("192.0.2.1/32")], acl.Rules[0].Networks.ToArray());
        Assert.Equal([255, 16], acl.Rules[1].Types.Select(t => (int)t));
        Assert.Empty(acl.Rules[1].Networks);
        Assert.Empty(acl.Rules[2].Types);
    }

    [Fact]
    public void Hosts_Forms_Read()
    {
        _machine.Files["/h"] = "";
        HostsConfig hosts = Read("""
            hosts /h a.example {
                10.0.0.1 One.Example two.example
                fd00::1 one.example
                ttl 60
                reload 0
                no_reverse
                fallthrough b.example
                fallthrough_unsupported
            }
            """).Hosts!;

        Assert.Equal(("/h", "a.example."), (hosts.File, Assert.Single(hosts.Zones)));
        Assert.Equal((60, TimeSpan.Zero, true, true), (hosts.Ttl, hosts.Reload, hosts.NoReverse, hosts.FallthroughUnsupported));
        Assert.Equal(["b.example."], hosts.Fallthrough.ToArray());
        Assert.Equal(
            ["10.0.0.1 one.example. two.example.", "fd00::1 one.example."],
            hosts.Entries.Select(e => $"{e.Address} {string.Join(' ', e.Names)}"));
        Assert.Equal(("/etc/hosts", "example.org."), (Read("hosts").Hosts!.File, Assert.Single(Read("hosts").Hosts!.Zones)));
    }

    [Fact]
    public void Hosts_FileIsWatchedAndMayBeMissing()
    {
        CorefileResult result = _machine.Read(". {\nhosts /not/yet\n}");

        Assert.Contains("/not/yet", result.FilesRead);
        Assert.Contains("there is no file", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void NdotsFilter_Forms_Read()
    {
        NdotsFilterConfig bare = Assert.Single(Read("ndots_filter").NdotsFilters);
        Assert.Equal(("example.org.", 2, false), (bare.Zone, bare.MinLabels, bare.Kubernetes));

        NdotsFilterConfig full = Assert.Single(Read("ndots_filter Cluster.Local {\nmin_labels 3\nallow a.example b.example\nallow c.example\nkubernetes\n}").NdotsFilters);
        Assert.Equal(("cluster.local.", 3, true), (full.Zone, full.MinLabels, full.Kubernetes));
        Assert.Equal(["a.example.", "b.example.", "c.example."], full.Allow.ToArray());
    }

    [Fact]
    public void Deny_Names_Read() =>
        Assert.Equal(["emrsn.org.", "x.example."], Assert.Single(Read("deny emrsn.org X.example").Denies).Names.ToArray());

    [Theory]
    [InlineData("debug")]
    [InlineData("pprof localhost:6053 {\nblock\n}")]
    [InlineData("trace zipkin localhost:9411 {\nevery 1\n}")]
    [InlineData("multisocket 4")]
    [InlineData("cancel 5s")]
    public void WithoutEffect_LoadsWithAWarning(string directive)
    {
        NodeDnsConfig config = _machine.ReadConfig($"example.org {{\n{directive}\nwhoami\n}}");

        Assert.EndsWith("is accepted and has no effect", Assert.Single(config.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kubernetes cluster.local {\npods insecure\nfallthrough in-addr.arpa ip6.arpa\n}", "forward the cluster domain")]
    [InlineData("autopath @kubernetes", "ndots_filter")]
    [InlineData("file db.example", "forward to it")]
    [InlineData("secondary {\ntransfer from 10.0.0.1\n}", "forward to it")]
    [InlineData("transfer", "AXFR")]
    [InlineData("dnssec", "not signed")]
    [InlineData("etcd", "forward to it")]
    [InlineData("route53 a:b", "forward to it")]
    [InlineData("sign db", "not signed")]
    [InlineData("tsig", "take it away")]
    [InlineData("view v {\nexpr true\n}", "acl")]
    [InlineData("grpc . 10.0.0.1", "use \"forward\"")]
    [InlineData("tls cert key", "plain DNS only")]
    public void Refused_SaysWhyAndWhatInstead(string directive, string instead)
    {
        string error = Assert.Single(_machine.ReadErrors($"example.org {{\n{directive}\n}}"));

        Assert.Contains($"{directive.Split(' ', '\n')[0]}: is not supported: ", error, StringComparison.Ordinal);
        Assert.Contains(instead, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("any x", "2:5")]
    [InlineData("loop x", "2:6")]
    [InlineData("loop\nloop", "3:1")]
    [InlineData("minimal {\nx\n}", "2:1")]
    [InlineData("whoami x", "2:8")]
    [InlineData("bufsize 5000", "2:9")]
    [InlineData("bufsize 511", "2:9")]
    [InlineData("bufsize 512 512", "2:13")]
    [InlineData("bufsize abc", "2:9")]
    [InlineData("bind", "2:1")]
    [InlineData("bind 1.2.3.invalid", "2:6")]
    [InlineData("bind noone", "2:6")]
    [InlineData("bind lo {\nexcept lo\n}", "2:1")]
    [InlineData("bind lo {\nexcept noone\n}", "3:8")]
    [InlineData("bind lo {\nonly lo\n}", "3:1")]
    [InlineData("health bla", "2:8")]
    [InlineData("health bla:a", "2:8")]
    [InlineData("health :1 :2", "2:11")]
    [InlineData("health {\nlameduck\n}", "3:1")]
    [InlineData("health {\nlameduck 5\n}", "3:10")]
    [InlineData("health {\nunknown\n}", "3:1")]
    [InlineData("ready bla", "2:7")]
    [InlineData("ready\nready", "3:1")]
    [InlineData("ready {\nmonitor sometimes\n}", "3:9")]
    [InlineData("prometheus /foo", "2:12")]
    [InlineData("prometheus a b c", "2:14")]
    [InlineData("prometheus\nprometheus", "3:1")]
    [InlineData("prometheus {\ntls f\n}", "3:1")]
    [InlineData("reload 1s", "2:8")]
    [InlineData("reload 10s 500ms", "2:12")]
    [InlineData("reload 10s -1s", "2:12")]
    [InlineData("reload 10", "2:8")]
    [InlineData("reload 10s 2s 2s", "2:15")]
    [InlineData("timeouts", "2:1")]
    [InlineData("timeouts {\nread 500ms\n}", "3:6")]
    [InlineData("timeouts {\nread 25h\n}", "3:6")]
    [InlineData("timeouts {\nread\n}", "3:1")]
    [InlineData("timeouts {\nmaxtcpqueries -2\n}", "3:15")]
    [InlineData("timeouts {\nother 5s\n}", "3:1")]
    [InlineData("errors errors.txt", "2:8")]
    [InlineData("errors visible", "2:8")]
    [InlineData("errors a b", "2:10")]
    [InlineData("errors\nerrors", "3:1")]
    [InlineData("errors {\nconsolidate\n}", "3:1")]
    [InlineData("errors {\nconsolidate 1m\n}", "3:1")]
    [InlineData("errors {\nconsolidate 0 (\n}", "3:15")]
    [InlineData("errors {\nconsolidate 1m a loud\n}", "3:18")]
    [InlineData("log {\nclass\n}", "3:1")]
    [InlineData("log {\nclass some\n}", "3:7")]
    [InlineData("log {\nunknown\n}", "3:1")]
    [InlineData("header", "2:1")]
    [InlineData("header {\nset\n}", "3:1")]
    [InlineData("header {\nset ad\n}", "3:5")]
    [InlineData("header {\nquery toggle rd\n}", "3:1")]
    [InlineData("loadbalance fleeb", "2:13")]
    [InlineData("loadbalance round_robin a", "2:25")]
    [InlineData("loadbalance weighted", "2:13")]
    [InlineData("loadbalance weighted /none", "2:22")]
    [InlineData("loadbalance {\nprefer 10.0.0.1\n}", "3:8")]
    [InlineData("loadbalance {\nreload 5s\n}", "3:1")]
    [InlineData("dns64 10.0.0.0/8", "2:7")]
    [InlineData("dns64 2001:db8::/33", "2:7")]
    [InlineData("dns64 64:ff9b::/96 b", "2:20")]
    [InlineData("dns64 {\nprefix\n}", "3:1")]
    [InlineData("dns64 {\nfoo\n}", "3:1")]
    [InlineData("acl {\npermit\n}", "3:1")]
    [InlineData("acl {\nblock type\n}", "3:7")]
    [InlineData("acl {\nblock type WHAT\n}", "3:12")]
    [InlineData("acl {\nblock net 10.0.0.0/33\n}", "3:11")]
    [InlineData("acl {\nblock 10.0.0.0/8\n}", "3:7")]
    [InlineData("hosts {\nttl 0\n}", "3:5")]
    [InlineData("hosts {\nttl 65536\n}", "3:5")]
    [InlineData("hosts {\nttl\n}", "3:1")]
    [InlineData("hosts {\nreload -1s\n}", "3:8")]
    [InlineData("hosts {\nfalltrough\n}", "3:1")]
    [InlineData("hosts {\n10.0.0.1\n}", "3:1")]
    [InlineData("hosts {\n10.0.0.1 a..b\n}", "3:10")]
    [InlineData("hosts\nhosts", "3:1")]
    [InlineData("ndots_filter .", "2:1")]
    [InlineData("ndots_filter a b", "2:16")]
    [InlineData("ndots_filter {\nmin_labels 0\n}", "3:12")]
    [InlineData("ndots_filter {\nallow\n}", "3:1")]
    [InlineData("ndots_filter {\nkubernetes cluster.local\n}", "3:12")]
    [InlineData("ndots_filter {\nmax_labels 2\n}", "3:1")]
    [InlineData("deny", "2:1")]
    [InlineData("deny a..b", "2:6")]
    [InlineData("deny a {\nb\n}", "2:1")]
    public void Mistake_Refused_AtItsPlace(string directive, string place)
    {
        string error = Assert.Single(_machine.ReadErrors($"example.org {{\n{directive}\n}}"));

        Assert.StartsWith($"Corefile:{place}: {directive.Split(' ', '\n')[0]}: ", error, StringComparison.Ordinal);
    }

    private ServerBlockConfig Read(string directives) => _machine.ReadBlock($"example.org {{\n{directives}\n}}");
}
