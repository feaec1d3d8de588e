using System;
using System.Collections.Immutable;
using System.Net;
using NodeDns.Hosting;
using NodeDns.Linux.Links;
using NodeDns.Logging;
using NodeDns.Node;

namespace NodeDns.Cli;

/// <summary>All flags of the server, in the order of the help. Names are CoreDNS's and node-cache's where they have one.</summary>
internal static class Flags
{
    private const long LeastCacheBytes = 1L << 20;
    private const long MostCacheBytes = 64L << 30;
    private const int MostWorkers = 256;

    public static ImmutableArray<FlagDefinition> Server { get; } =
    [
        FlagDefinition.Word("conf", "FILE", "the Corefile; - reads standard input", (o, v) => o with { ConfigPath = v }),
        new("dns.port", "PORT", "port of zones that name none (53)", DnsPort) { Alias = "p" },
        new("workers", "N", "UDP worker threads (from the CPU quota)", Workers),
        new("cache-bytes", "SIZE", "memory of the cache (32MiB)", CacheBytes),
        FlagDefinition.Word(
            "control-socket", "PATH", "where commands reach the server (/run/nodedns/control.sock)",
            (o, v) => o with { ControlSocket = v }),
        FlagDefinition.Word("pidfile", "FILE", "written once the server answers", (o, v) => o with { PidFile = v }),
        FlagDefinition.Switch(
            "status-names", "the status page shows names that fail", (o, on) => o with { StatusNames = on }),
        new("log-format", "FORMAT", "of log lines: text, json, auto (auto: text on a terminal)", LogFormat),
        FlagDefinition.Switch("quiet", "no banner at start-up", (o, on) => o with { Quiet = on }),
    ];

    /// <summary>node-cache's own flags; the set-up of the node reads most of them.</summary>
    public static ImmutableArray<FlagDefinition> Node { get; } =
    [
        new("localip", "IP,IP", "addresses of the cache on this node", LocalAddresses),
        FlagDefinition.Word(
            "basecorefile", "FILE", "Corefile template (/etc/coredns/Corefile.base)", (o, v) => o with { BaseCorefile = v }),
        FlagDefinition.Word(
            "upstreamsvc", "NAME", "Service behind __PILLAR__CLUSTER__DNS__ (kube-dns)", (o, v) => o with { UpstreamService = v }),
        FlagDefinition.Word(
            "kubednscm", "FOLDER", "kube-dns ConfigMap with stub domains", (o, v) => o with { KubeDnsFolder = v }),
        new("prometheus-listen-address", "ADDR", "stands for __PROMETHEUS__ENDPOINT__ (:9253)", PrometheusListenAddress),
        new("metrics-listen-address", "ADDR", "metrics of the node set-up (0.0.0.0:9353)", MetricsListenAddress),
        new("health-port", "PORT", "health port the node rules let through (8080)", HealthPort),
        FlagDefinition.Switch("setupinterface", "create the interface (true)", (o, on) => o with { SetUpInterface = on }),
        new("interfacename", "NAME", "its name (nodelocaldns)", InterfaceName),
        new("interface-mode", "MODE", "what it is: auto, tun, dummy, lo, none (auto)", InterfaceMode),
        FlagDefinition.Switch("setupiptables", "keep the NOTRACK rules (true)", (o, on) => o with { SetUpIptables = on }),
        new("interception", "MODE", "how they are kept: auto, nft, iptables, none (auto)", Interception),
        new("syncinterval", "TIME", "how often interface and rules are checked (60s)", SyncInterval),
        FlagDefinition.Switch("skipteardown", "leave behind on exit what can outlive the process", (o, on) => o with { SkipTeardown = on }),
        FlagDefinition.Switch(
            "reloadwithsignal", "look at the files every 10 s, even without `reload`", (o, on) => o with { ReloadWithSignal = on }),
        FlagDefinition.Word("corefile", "FILE", "accepted for node-cache's sake; no effect there either", (o, _) => o),
    ];

    /// <summary>Flags of commands.</summary>
    public static ImmutableArray<FlagDefinition> Tools { get; } =
    [
        FlagDefinition.Switch("once", "top: one frame, then end", (o, on) => o with { Once = on }),
    ];

    public static ImmutableArray<FlagDefinition> All { get; } = [.. Server, .. Tools, .. Node];

    /// <summary>Flags that are commands: what CoreDNS answers and ends.</summary>
    public static ImmutableArray<(string Name, CliCommand Command)> Commands { get; } =
    [
        ("help", CliCommand.Help),
        ("h", CliCommand.Help),
        ("version", CliCommand.Version),
        ("plugins", CliCommand.Plugins),
    ];

    private static ServerOptions DnsPort(ServerOptions options, string value, out string error) =>
        FlagValues.TryReadNumber(value, 1, 65535, out int port, out error) ? options with { DnsPort = port } : options;

    private static ServerOptions HealthPort(ServerOptions options, string value, out string error) =>
        FlagValues.TryReadNumber(value, 1, 65535, out int port, out error) ? options with { HealthPort = port } : options;

    private static ServerOptions Workers(ServerOptions options, string value, out string error) =>
        FlagValues.TryReadNumber(value, 0, MostWorkers, out int count, out error) ? options with { Workers = count } : options;

    private static ServerOptions CacheBytes(ServerOptions options, string value, out string error) =>
        FlagValues.TryReadSize(value, LeastCacheBytes, MostCacheBytes, out long bytes, out error)
            ? options with { CacheBytes = bytes } : options;

    private static ServerOptions SyncInterval(ServerOptions options, string value, out string error) =>
        FlagValues.TryReadInterval(value, out TimeSpan interval, out error)
            ? options with { SyncInterval = interval } : options;

    private static ServerOptions LogFormat(ServerOptions options, string value, out string error) =>
        FlagValues.TryReadWord(value, out LogFormat format, out error) ? options with { LogFormat = format } : options;

    private static ServerOptions InterfaceMode(ServerOptions options, string value, out string error) =>
        FlagValues.TryReadWord(value, out InterfaceMode mode, out error) ? options with { InterfaceMode = mode } : options;

    private static ServerOptions Interception(ServerOptions options, string value, out string error) =>
        FlagValues.TryReadWord(value, out InterceptionMode mode, out error) ? options with { Interception = mode } : options;

    private static ServerOptions InterfaceName(ServerOptions options, string value, out string error)
    {
        // One character is left for the number of a second generation.
        bool good = value.Length is > 0 and < TunDevice.MaxNameLength && value.AsSpan().IndexOfAny("/ \t:%") < 0;
        error = good ? "" : $"expected a name of at most {TunDevice.MaxNameLength - 1} characters";
        return good ? options with { InterfaceName = value } : options;
    }

    private static ServerOptions LocalAddresses(ServerOptions options, string value, out string error) =>
        FlagValues.TryReadAddresses(value, out ImmutableArray<IPAddress> addresses, out error)
            ? options with { LocalAddresses = addresses } : options;

    private static ServerOptions PrometheusListenAddress(ServerOptions options, string value, out string error) =>
        FlagValues.TryReadEndPoint(value, out error) ? options with { PrometheusListenAddress = value } : options;

    private static ServerOptions MetricsListenAddress(ServerOptions options, string value, out string error) =>
        FlagValues.TryReadEndPoint(value, out error) ? options with { MetricsListenAddress = value } : options;
}
