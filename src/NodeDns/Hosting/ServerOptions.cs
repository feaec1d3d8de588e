using System;
using System.Collections.Immutable;
using System.Net;
using NodeDns.Config;

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

    /// <summary>-health-port.</summary>
    public int HealthPort { get; init; } = 8080;

    /// <summary>-syncinterval.</summary>
    public TimeSpan SyncInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>-skipteardown.</summary>
    public bool SkipTeardown { get; init; }

    /// <summary>-reloadwithsignal.</summary>
    public bool ReloadWithSignal { get; init; }

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
