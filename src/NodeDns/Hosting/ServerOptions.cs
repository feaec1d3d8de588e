using System;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Net;
using NodeDns.Admin;
using NodeDns.Config;
using NodeDns.Config.Values;
using NodeDns.Logging;
using NodeDns.Node;

namespace NodeDns.Hosting;

/// <summary>What the command line asks of a server; names and defaults are node-cache's where it has them.</summary>
internal sealed record ServerOptions
{
    public const string DefaultBaseCorefile = "/etc/coredns/Corefile.base";
    public const string DefaultControlSocket = "/run/nodedns/control.sock";

    /// <summary>-conf; null: not given, "-": standard input.</summary>
    public string? ConfigPath { get; init; }

    /// <summary>-basecorefile; null: not given.</summary>
    public string? BaseCorefile { get; init; }

    /// <summary>-localip.</summary>
    public ImmutableArray<IPAddress> LocalAddresses { get; init; } = [];

    /// <summary>-dns.port, -p: the port of zones that name none.</summary>
    public int DnsPort { get; init; } = 53;

    /// <summary>-upstreamsvc.</summary>
    public string UpstreamService { get; init; } = "kube-dns";

    /// <summary>-kubednscm: the folder of the kube-dns ConfigMap.</summary>
    public string? KubeDnsFolder { get; init; }

    /// <summary>-pidfile.</summary>
    public string? PidFile { get; init; }

    /// <summary>-quiet: no banner at start-up.</summary>
    public bool Quiet { get; init; }

    /// <summary>-status-names: whether the status page may show names that clients asked for.</summary>
    public bool StatusNames { get; init; }

    /// <summary>-log-format.</summary>
    public LogFormat LogFormat { get; init; }

    /// <summary>-once: one frame of <c>top</c>.</summary>
    public bool Once { get; init; }

    /// <summary>-control-socket.</summary>
    public string ControlSocket { get; init; } = DefaultControlSocket;

    /// <summary>-workers; 0: from the CPU quota.</summary>
    public int Workers { get; init; }

    /// <summary>-cache-bytes.</summary>
    public long CacheBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>-metrics-listen-address: node-cache's own metrics.</summary>
    public string MetricsListenAddress { get; init; } = "0.0.0.0:9353";

    /// <summary>-prometheus-listen-address: what __PROMETHEUS__ENDPOINT__ stands for.</summary>
    public string PrometheusListenAddress { get; init; } = ":9253";

    /// <summary>-interfacename.</summary>
    public string InterfaceName { get; init; } = "nodelocaldns";

    /// <summary>-setupinterface.</summary>
    public bool SetUpInterface { get; init; } = true;

    /// <summary>-setupiptables.</summary>
    public bool SetUpIptables { get; init; } = true;

    /// <summary>-interface-mode.</summary>
    public InterfaceMode InterfaceMode { get; init; }

    /// <summary>-interception.</summary>
    public InterceptionMode Interception { get; init; }

    /// <summary>-health-port.</summary>
    public int HealthPort { get; init; } = 8080;

    /// <summary>-syncinterval.</summary>
    public TimeSpan SyncInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>-skipteardown.</summary>
    public bool SkipTeardown { get; init; }

    /// <summary>-reloadwithsignal.</summary>
    public bool ReloadWithSignal { get; init; }

    /// <summary>node-cache looks into the usual folder when nobody names one.</summary>
    public string? KubeDnsFolderOrDefault() =>
        KubeDnsFolder ?? (!LocalAddresses.IsEmpty && Directory.Exists(Hosting.KubeDnsFolder.Default) ? Hosting.KubeDnsFolder.Default : null);

    /// <summary>-metrics-listen-address; ADDRESS:PORT, or :PORT for all addresses as 0.0.0.0 is.</summary>
    public AdminEndPoint MetricsEndPoint()
    {
        AddressText.TrySplitHostPort(MetricsListenAddress, out string host, out string port);
        int number = int.Parse(port, CultureInfo.InvariantCulture);
        bool isAny = host.Length == 0 || host == IPAddress.Any.ToString() || host == IPAddress.IPv6Any.ToString();
        return new AdminEndPoint(isAny ? null : IPAddress.Parse(host), number);
    }

    /// <summary>What the flags mean to this node; node-cache's two switches turn a part off.</summary>
    public NodeConfig ToNodeConfig() => new()
    {
        Addresses = LocalAddresses,
        DnsPort = DnsPort,
        HealthPort = HealthPort,
        InterfaceName = InterfaceName,
        Interface = SetUpInterface ? InterfaceMode : InterfaceMode.None,
        Interception = SetUpIptables ? Interception : InterceptionMode.None,
        SyncInterval = SyncInterval,
        SkipTeardown = SkipTeardown,
    };

    /// <summary>What the flags mean to the reader of a Corefile.</summary>
    public CorefileContext ToCorefileContext()
    {
        CorefileContext context = new()
        {
            DefaultPort = DnsPort,
            UpstreamService = UpstreamService,
            PrometheusEndPoint = PrometheusListenAddress,
        };
        return LocalAddresses.IsEmpty ? context : context with { LocalAddresses = LocalAddresses };
    }
}
