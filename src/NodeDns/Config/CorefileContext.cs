using System;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace NodeDns.Config;

/// <summary>What a Corefile means depends on where it is read: flags, environment, files and names of this machine.</summary>
/// <remarks>Everything outside the text comes in through here, so that a test can bring its own machine.</remarks>
internal sealed record CorefileContext
{
    /// <summary>The port of a server key without one (-dns.port).</summary>
    public int DefaultPort { get; init; } = 53;

    /// <summary>The addresses of -localip: what __PILLAR__LOCAL__DNS__ stands for.</summary>
    public ImmutableArray<IPAddress> LocalAddresses { get; init; } = [IPAddress.Parse("169.254.20.10")];

    /// <summary>__PILLAR__DNS__SERVER__: the kube-dns Service address, empty when it is not known.</summary>
    public string DnsServer { get; init; } = "";

    /// <summary>__PILLAR__DNS__DOMAIN__.</summary>
    public string DnsDomain { get; init; } = "cluster.local";

    /// <summary>__PILLAR__CLUSTER__DNS__; null: the environment variable of <see cref="UpstreamService"/>.</summary>
    public string? ClusterDns { get; init; }

    /// <summary>-upstreamsvc: the Service whose address Kubernetes puts into the environment.</summary>
    public string UpstreamService { get; init; } = "kube-dns";

    /// <summary>__PILLAR__UPSTREAM__SERVERS__: addresses or files, separated by spaces.</summary>
    public string UpstreamServers { get; init; } = "/etc/resolv.conf";

    /// <summary>__PROMETHEUS__ENDPOINT__.</summary>
    public string PrometheusEndPoint { get; init; } = ":9253";

    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    public ICorefileFiles Files { get; init; } = CorefileFiles.OfSystem;

    /// <summary>Addresses of a host name; empty when it has none. Called while reading, so it blocks.</summary>
    public Func<string, ImmutableArray<IPAddress>> ResolveHost { get; init; } = ResolveBySystem;

    /// <summary>
    /// Addresses of an upstream given by name, asked of the servers given or else of the machine's; null: by
    /// <see cref="ResolveHost"/>.
    /// </summary>
    public Func<string, ImmutableArray<IPEndPoint>, HostLookup>? ResolveUpstream { get; init; }

    /// <summary>Whether the libraries for TLS are there; without them the runtime would end the process.</summary>
    public Func<bool> HasTls { get; init; } = HasOpenSsl;

    /// <summary>Addresses of a network interface; empty when there is no interface of that name.</summary>
    public Func<string, ImmutableArray<IPAddress>> InterfaceAddresses { get; init; } = AddressesOfInterface;

    private static ImmutableArray<IPAddress> ResolveBySystem(string name)
    {
        try
        {
            return [.. Dns.GetHostAddresses(name)];
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return [];
        }
    }

    private static bool HasOpenSsl() =>
        NativeLibrary.TryLoad("libssl.so.3", out _) || NativeLibrary.TryLoad("libssl.so.1.1", out _);

    private static ImmutableArray<IPAddress> AddressesOfInterface(string name)
    {
        try
        {
            return
            [
                .. NetworkInterface.GetAllNetworkInterfaces()
                    .Where(i => i.Name == name)
                    .SelectMany(i => i.GetIPProperties().UnicastAddresses)
                    .Select(a => a.Address),
            ];
        }
        catch (NetworkInformationException)
        {
            return [];
        }
    }
}
