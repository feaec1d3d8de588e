using System;
using System.Collections.Generic;
using System.Linq;
using NodeDns.Cli;
using NodeDns.Hosting;
using Xunit;

namespace NodeDns.Tests.Cli;

public sealed class CommandLineTests
{
    [Fact]
    public void Parse_Nothing_ServesWithNodeCachesDefaults()
    {
        CommandLine line = CommandLine.Parse([]);

        Assert.Null(line.Error);
        Assert.Equal(CliCommand.Serve, line.Command);
        Assert.Equal(new ServerOptions(), line.Options);
        Assert.Equal(53, line.Options.DnsPort);
        Assert.Equal("kube-dns", line.Options.UpstreamService);
        Assert.Equal(TimeSpan.FromSeconds(60), line.Options.SyncInterval);
        Assert.Equal("/run/nodedns/control.sock", line.Options.ControlSocket);
        Assert.Equal(32 * 1024 * 1024, line.Options.CacheBytes);
    }

    [Fact]
    public void Parse_NodeCachesStandardArguments_AreUnderstood()
    {
        CommandLine line = CommandLine.Parse(
        [
            "-localip", "169.254.20.10,10.96.0.10", "-conf", "/etc/Corefile", "-upstreamsvc", "kube-dns-upstream",
            "-pidfile", "/tmp/node-cache.pid",
        ]);

        Assert.Null(line.Error);
        Assert.Equal("169.254.20.10 10.96.0.10", string.Join(" ", line.Options.LocalAddresses));
        Assert.Equal("/etc/Corefile", line.Options.ConfigPath);
        Assert.Equal("kube-dns-upstream", line.Options.UpstreamService);
        Assert.Equal("/tmp/node-cache.pid", line.Options.PidFile);
    }

    [Theory]
    [InlineData("-conf", "/c")]
    [InlineData("-conf=/c")]
    [InlineData("--conf", "/c")]
    [InlineData("--conf=/c")]
    public void Parse_OneOrTwoDashesSpaceOrEquals_AreTheSame(params string[] arguments) =>
        Assert.Equal("/c", CommandLine.Parse(arguments).Options.ConfigPath);

    [Fact]
    public void Parse_ConfDash_IsStandardInput() =>
        Assert.Equal("-", CommandLine.Parse(["-conf", "-", "-quiet"]).Options.ConfigPath);

    [Theory]
    [InlineData(false, "-setupinterface=false")]
    [InlineData(true, "-setupinterface")]
    [InlineData(true, "-setupinterface=TRUE")]
    [InlineData(false, "-setupinterface=0")]
    public void Parse_Switch_TakesAValueOnlyBehindEquals(bool expected, string argument) =>
        Assert.Equal(expected, CommandLine.Parse([argument]).Options.SetUpInterface);

    [Fact]
    public void Parse_EveryFlag_StoresItsValue()
    {
        CommandLine line = CommandLine.Parse(
        [
            "-p", "1053", "-workers", "3", "-cache-bytes", "64M", "-control-socket", "/s", "-quiet", "-basecorefile", "/b",
            "-kubednscm", "/k", "-prometheus-listen-address", "127.0.0.1:9000", "-metrics-listen-address", "[::1]:9001",
            "-health-port", "8081", "-setupinterface=false", "-interfacename", "dns0", "-setupiptables=false",
            "-syncinterval", "5m", "-skipteardown", "-reloadwithsignal", "-corefile", "/ignored",
        ]);

        Assert.Null(line.Error);
        ServerOptions expected = new()
        {
            DnsPort = 1053,
            Workers = 3,
            CacheBytes = 64 << 20,
            ControlSocket = "/s",
            Quiet = true,
            BaseCorefile = "/b",
            KubeDnsFolder = "/k",
            PrometheusListenAddress = "127.0.0.1:9000",
            MetricsListenAddress = "[::1]:9001",
            HealthPort = 8081,
            SetUpInterface = false,
            InterfaceName = "dns0",
            SetUpIptables = false,
            SyncInterval = TimeSpan.FromMinutes(5),
            SkipTeardown = true,
            ReloadWithSignal = true,
        };
        Assert.Equal(expected, line.Options);
    }

    [Theory]
    [InlineData("unknown flag \"-cofn\"; did you mean -conf?", "-cofn", "x")]
    [InlineData("unknown flag \"--pidfle=/x\"; did you mean -pidfile?", "--pidfle=/x")]
    [InlineData("unknown flag \"-zzz\"", "-zzz")]
    [InlineData("unknown command \"chek-config\"; did you mean \"check-config\"?", "chek-config", "f")]
    [InlineData("unknown command \"serve\"", "serve")]
    [InlineData("-conf: expected FILE behind it", "-conf")]
    [InlineData("-conf \"\": expected FILE", "-conf=")]
    [InlineData("-dns.port \"0\": expected a number from 1 to 65535", "-dns.port", "0")]
    [InlineData("-dns.port \"5e3\": expected a number from 1 to 65535", "-dns.port=5e3")]
    [InlineData("-workers \"-1\": expected a number from 0 to 256", "-workers", "-1")]
    [InlineData("-cache-bytes \"1K\": expected a size such as 32MiB, from 1MiB to 64GiB", "-cache-bytes", "1K")]
    [InlineData("-cache-bytes \"lots\": expected a size such as 32MiB, from 1MiB to 64GiB", "-cache-bytes", "lots")]
    [InlineData("-quiet \"maybe\": expected true or false", "-quiet=maybe")]
    [InlineData("-syncinterval \"0\": expected an interval from 1s to 24h", "-syncinterval", "0")]
    [InlineData("-metrics-listen-address \"9353\": expected ADDRESS:PORT or :PORT", "-metrics-listen-address", "9353")]
    [InlineData(
        "-localip \"\": invalid localip specified - \"\"; expected IP addresses separated by commas", "-localip=")]
    [InlineData(
        "-localip \"10.0.0.1,\": invalid localip specified - \"\"; expected IP addresses separated by commas",
        "-localip", "10.0.0.1,")]
    [InlineData("-localip \"::\": invalid localip specified - \"::\": all addresses are not one of them", "-localip", "::")]
    [InlineData(
        "-localip \"10.0.0.1,255.255.255.255\": invalid localip specified - \"255.255.255.255\": it is a multicast or reserved address",
        "-localip", "10.0.0.1,255.255.255.255")]
    [InlineData(
        "-localip \"::ffff:10.0.0.1\": invalid localip specified - \"::ffff:10.0.0.1\": write the IPv4 address itself",
        "-localip", "::ffff:10.0.0.1")]
    public void Parse_Mistake_IsOneLineThatNamesIt(string error, params string[] arguments) =>
        Assert.Equal(error, CommandLine.Parse(arguments).Error);

    [Fact]
    public void LocalIp_NamedTwice_IsOneAddress() => Assert.Equal(
        "10.0.0.1 fd00::1", string.Join(' ', CommandLine.Parse(["-localip", "10.0.0.1,fd00::1,10.0.0.1"]).Options.LocalAddresses));

    public static TheoryData<string[], int, string[]> CommandLines => new()
    {
        { ["check-config", "f"], (int)CliCommand.CheckConfig, ["f"] },
        { ["check-config", "-dns.port", "5353", "f"], (int)CliCommand.CheckConfig, ["f"] },
        { ["clock", "advance", "60", "-control-socket", "/s"], (int)CliCommand.Clock, ["advance", "60"] },
        { ["version"], (int)CliCommand.Version, [] },
        { ["-version"], (int)CliCommand.Version, [] },
        { ["--help"], (int)CliCommand.Help, [] },
        { ["-h"], (int)CliCommand.Help, [] },
        { ["-plugins"], (int)CliCommand.Plugins, [] },
    };

    [Theory]
    [MemberData(nameof(CommandLines))]
    public void Parse_Command_TakesItsOperands(string[] arguments, int command, string[] operands)
    {
        CommandLine line = CommandLine.Parse(arguments);
        Assert.Null(line.Error);
        Assert.Equal((CliCommand)command, line.Command);
        Assert.Equal(operands, line.Operands);
    }

    [Theory]
    [InlineData("60", 60)]
    [InlineData("60s", 60)]
    [InlineData("1m30s", 90)]
    [InlineData("30ns", 30)]
    public void SyncInterval_AnyWayNodeCacheUsersWriteIt_IsSeconds(string text, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), CommandLine.Parse(["-syncinterval", text]).Options.SyncInterval);

    [Theory]
    [InlineData("1048576", 1L << 20)]
    [InlineData("2MiB", 2L << 20)]
    [InlineData("3m", 3L << 20)]
    [InlineData("4096KB", 4L << 20)]
    [InlineData("64GiB", 64L << 30)]
    public void CacheBytes_WithOrWithoutUnit_IsBytes(string text, long bytes) =>
        Assert.Equal(bytes, CommandLine.Parse(["-cache-bytes", text]).Options.CacheBytes);

    [Fact]
    public void All_Names_AreUnique()
    {
        IEnumerable<string> names = Flags.All.Select(flag => flag.Name)
            .Concat(Flags.All.Where(flag => flag.Alias is not null).Select(flag => flag.Alias!))
            .Concat(Flags.Commands.Select(command => command.Name));
        Assert.DoesNotContain(names.GroupBy(name => name), group => group.Count() > 1);
    }
}
