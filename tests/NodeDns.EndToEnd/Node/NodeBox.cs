using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using NodeDns.TestKit;

namespace NodeDns.EndToEnd.Node;

/// <summary>The shape of the rules that kube-proxy would have made.</summary>
public enum KubeProxy
{
    Iptables,
    Nftables,
}

/// <summary>
/// A node in a box: network namespaces for the node, two pods and kube-dns, joined by veth pairs, with kube-proxy's rules for
/// the ClusterIPs of kube-dns and kube-dns-upstream.
/// </summary>
public sealed class NodeBox : IAsyncDisposable
{
    public const string LinkLocal = "169.254.20.10";
    public const string ClusterAddress = "10.96.0.10";
    public const string ClusterAddress6 = "fd00:96::a";

    /// <summary>Asked for who.box., the node says this; kube-dns says <see cref="KubeDnsSays"/>.</summary>
    public const string NodeSays = "10.0.0.1";
    public const string KubeDnsSays = "10.0.0.2";

    private static int s_count;
    private readonly string _prefix = $"nd{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}";
    private readonly List<NodeDnsProcess> _servers = [];

    private NodeBox()
    {
        Folder = Directory.CreateTempSubdirectory("nodedns-box-").FullName;

        // The stand-in of kube-dns answers from the pool, and tests wait on its threads: with one for each of two CPUs it
        // stood still for the half second that the pool takes to add one, which looked like lost queries.
        ThreadPool.SetMinThreads(16, 16);
    }

    public string Node => $"{_prefix}-node";

    public string Pod => $"{_prefix}-pod1";

    public string OtherPod => $"{_prefix}-pod2";

    /// <summary>kube-dns is two resolvers here, one for each family.</summary>
    public FakeUpstream KubeDns { get; private set; } = null!;

    public FakeUpstream KubeDns6 { get; private set; } = null!;

    /// <summary>For what a test writes; goes with the box.</summary>
    public string Folder { get; }

    private string Dns => $"{_prefix}-dns";

    public static async Task<NodeBox> CreateAsync(KubeProxy proxy = KubeProxy.Iptables)
    {
        NodeBox box = new();
        try
        {
            await ShAsync(box.Links());
            string form = proxy == KubeProxy.Iptables ? "iptables-restore" : "nft -f -";
            await ShAsync($"ip netns exec {box.Node} {form} <<'END'\n{(proxy == KubeProxy.Iptables ? IptablesRules : NftRules)}\nEND");
            await ShAsync($"ip netns exec {box.Node} ip6tables-restore <<'END'\n{Ip6tablesRules}\nEND");
            box.KubeDns = NetworkNamespace.Run(box.Dns, () => new FakeUpstream(IPAddress.Parse("10.244.3.2"), 53));
            box.KubeDns6 = NetworkNamespace.Run(box.Dns, () => new FakeUpstream(IPAddress.Parse("fd00:244:3::2"), 53));
            foreach (FakeUpstream upstream in new[] { box.KubeDns, box.KubeDns6 })
            {
                upstream.On("who.box.", RrType.A, query => query.Address(KubeDnsSays));
                upstream.KeepsQueries = false;
            }

            return box;
        }
        catch
        {
            await box.DisposeAsync();
            throw;
        }
    }

    public static string Corefile(string? more = null, string bind = $"bind {LinkLocal} {ClusterAddress} {ClusterAddress6}") => $$"""
        .:53 {
            {{bind}}
            errors
            health {{LinkLocal}}:8080
            ready {{LinkLocal}}:8181
            prometheus {{LinkLocal}}:9253
            cache 30
            template IN A who.box. {
                answer "{{"{{ .Name }}"}} 60 IN A {{NodeSays}}"
            }
            forward . 10.96.0.11
            {{more}}
        }
        """;

    /// <summary>Starts a server on the node and waits until it answers and intercepts.</summary>
    public async Task<NodeDnsProcess> StartAsync(
        string[]? arguments = null, string? more = null, IReadOnlyDictionary<string, string>? environment = null,
        string? corefile = null, string? without = null)
    {
        NodeDnsProcess server = await NodeDnsProcess.StartAsync(new NodeDnsOptions
        {
            Corefile = corefile ?? Corefile(more),
            Port = 53,
            Address = IPAddress.Parse(LinkLocal),
            NetworkNamespace = Node,
            ReadinessName = "who.box.",
            Wrapper = without is null ? [] : Without(without),
            TestClock = false,
            Arguments =
            [
                "-localip", $"{LinkLocal},{ClusterAddress},{ClusterAddress6}", "-kubednscm", Folder, .. arguments ?? [],
            ],
            Environment = environment ?? new Dictionary<string, string>(),
        });
        _servers.Add(server);
        if (!await server.WaitForOutputAsync("serving .:53"))
        {
            throw new TimeoutException($"the server does not say that it serves:\n{server.Output}");
        }

        return server;
    }

    /// <summary>
    /// What starts a program that does not see some files: in a mount namespace of its own there is nothing in their places.
    /// </summary>
    public static string[] Without(string files) =>
    [
        "unshare", "--mount", "/bin/sh", "-c",
        $"for f in {files}; do if [ -d $f ]; then mount -t tmpfs none $f; else mount --bind /dev/null $f; fi; done; exec \"$0\" \"$@\"",
    ];

    /// <summary>Runs the program on the node to its end, for starts that must fail. The flags come behind -localip.</summary>
    public async Task<CommandResult> FailAsync(string[] arguments, string? corefile = null, string[]? wrapper = null)
    {
        string path = Path.Combine(Folder, "Corefile");
        await File.WriteAllTextAsync(path, corefile ?? Corefile());
        return await CommandResult.RunAsync("ip",
        [
            "netns", "exec", Node, .. wrapper ?? [], RepositoryRoot.Binary, "-conf", path, "-control-socket", $"{Folder}/control.sock",
            "-log-format", "text", "-localip", $"{LinkLocal},{ClusterAddress},{ClusterAddress6}", .. arguments,
        ]);
    }

    public static DnsClient Client(string from, string server) => new(new IPEndPoint(IPAddress.Parse(server), 53), from);

    /// <summary>Who answers a pod at an address: the text of the A record of who.box.</summary>
    public static async Task<string?> AskAsync(string from, string server, bool tcp = false)
    {
        DnsMessage query = DnsMessage.Query("who.box.");
        DnsClient client = Client(from, server);
        DnsMessage answer = tcp
            ? await client.TcpAsync(query, TimeSpan.FromSeconds(3))
            : await client.UdpAsync(query, TimeSpan.FromSeconds(3));
        return answer.Answers.FirstOrDefault()?.Address;
    }

    /// <summary>Runs a command on the node and returns its output.</summary>
    public async Task<string> OnNodeAsync(string command) => (await ShAsync($"ip netns exec {Node} {command}")).Output;

    /// <summary>Everything on the node that a server could have left: links, addresses and rules.</summary>
    public async Task<string> LeftoversAsync() => await OnNodeAsync(
        "sh -c 'ip -br link; ip -br addr; nft list tables; iptables -S; iptables -t raw -S; ip6tables -S; ip6tables -t raw -S' 2>&1"
        + " | grep -E 'nodelocaldns|169.254.20.10|NodeLocal|nodedns|10.96.0.10/32 |fd00:96::a/128 ' || true");

    /// <summary>One sample of /metrics; 0 when there is none.</summary>
    public async Task<long> MetricAsync(string sample) =>
        (long)(await MetricsPage.ReadAsync(new IPEndPoint(IPAddress.Parse(LinkLocal), 9253), Node))[sample];

    /// <summary>Queries that came to the stand-in of kube-dns faster than it could take them: lost, and nobody else's fault.</summary>
    public async Task<long> KubeDnsDropsAsync() => (await ShAsync($"ip netns exec {Dns} cat /proc/net/udp")).Output.Split('\n')
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(words => words.Length > 12 && words[1].EndsWith(":0035", StringComparison.Ordinal))
        .Sum(words => long.Parse(words[^1], System.Globalization.CultureInfo.InvariantCulture));

    public static async Task<CommandResult> ShAsync(string script)
    {
        CommandResult result = await CommandResult.RunAsync("/bin/sh", ["-ec", script], TimeSpan.FromSeconds(30));
        return result.ExitCode == 0 ? result : throw new InvalidOperationException($"{script}\n{result.All}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (NodeDnsProcess server in _servers)
        {
            await server.DisposeAsync();
        }

        foreach (FakeUpstream? upstream in new[] { KubeDns, KubeDns6 })
        {
            if (upstream is not null)
            {
                await upstream.DisposeAsync();
            }
        }

        await CommandResult.RunAsync("/bin/sh", ["-c", $"for n in {Node} {Pod} {OtherPod} {Dns}; do ip netns del $n; done"]);
        Directory.Delete(Folder, recursive: true);
    }

    private string Links()
    {
        StringBuilder script = new();
        foreach (string name in new[] { Node, Pod, OtherPod, Dns })
        {
            script.Append($"ip netns add {name}\nip -n {name} link set lo up\n");
        }

        script.Append($"ip netns exec {Node} sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1\n");
        foreach ((string name, int number) in new[] { (Pod, 1), (OtherPod, 2), (Dns, 3) })
        {
            script.Append($"""
                ip -n {Node} link add v{number} type veth peer name eth0 netns {name}
                ip -n {Node} addr add 10.244.{number}.1/24 dev v{number}
                ip -n {Node} addr add fd00:244:{number}::1/64 dev v{number} nodad
                ip -n {Node} link set v{number} up
                ip -n {name} addr add 10.244.{number}.2/24 dev eth0
                ip -n {name} addr add fd00:244:{number}::2/64 dev eth0 nodad
                ip -n {name} link set eth0 up
                ip -n {name} route add default via 10.244.{number}.1
                ip -n {name} -6 route add default via fd00:244:{number}::1

                """);
        }

        // The way out of the node: without one, packets to a ClusterIP would have no route for kube-proxy to change.
        return script.Append($"ip -n {Node} route add default via 10.244.3.2\nip -n {Node} -6 route add default via fd00:244:3::2\n")
            .ToString();
    }

    private const string IptablesRules = """
        *nat
        :KUBE-SERVICES - [0:0]
        :KUBE-SVC-DNS - [0:0]
        :KUBE-SEP-DNS - [0:0]
        :KUBE-MARK-MASQ - [0:0]
        :KUBE-POSTROUTING - [0:0]
        -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
        -A KUBE-SERVICES -d 10.96.0.10/32 -p udp -m udp --dport 53 -j KUBE-SVC-DNS
        -A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m tcp --dport 53 -j KUBE-SVC-DNS
        -A KUBE-SERVICES -d 10.96.0.11/32 -p udp -m udp --dport 53 -j KUBE-SVC-DNS
        -A KUBE-SERVICES -d 10.96.0.11/32 -p tcp -m tcp --dport 53 -j KUBE-SVC-DNS
        -A KUBE-SVC-DNS ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
        -A KUBE-SVC-DNS -j KUBE-SEP-DNS
        -A KUBE-SEP-DNS -p udp -m udp -j DNAT --to-destination 10.244.3.2:53
        -A KUBE-SEP-DNS -p tcp -m tcp -j DNAT --to-destination 10.244.3.2:53
        -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
        -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
        -A KUBE-POSTROUTING -j MASQUERADE
        COMMIT
        """;

    private const string Ip6tablesRules = """
        *nat
        -A PREROUTING -d fd00:96::a/128 -p udp -m udp --dport 53 -j DNAT --to-destination [fd00:244:3::2]:53
        -A PREROUTING -d fd00:96::a/128 -p tcp -m tcp --dport 53 -j DNAT --to-destination [fd00:244:3::2]:53
        COMMIT
        """;

    private const string NftRules = """
        table ip kube-proxy {
            map service-ips {
                type ipv4_addr . inet_proto . inet_service : verdict
                elements = {
                    10.96.0.10 . udp . 53 : goto service-dns, 10.96.0.10 . tcp . 53 : goto service-dns,
                    10.96.0.11 . udp . 53 : goto service-dns, 10.96.0.11 . tcp . 53 : goto service-dns
                }
            }
            chain nat-prerouting { type nat hook prerouting priority dstnat; policy accept; jump services; }
            chain nat-output { type nat hook output priority -100; policy accept; jump services; }
            chain nat-postrouting {
                type nat hook postrouting priority srcnat; policy accept;
                meta mark & 0x4000 == 0x4000 masquerade
            }
            chain services { ip daddr . meta l4proto . th dport vmap @service-ips; }
            chain service-dns {
                ip saddr != 10.244.0.0/16 meta mark set meta mark | 0x4000
                meta l4proto udp dnat to 10.244.3.2:53
                meta l4proto tcp dnat to 10.244.3.2:53
            }
        }
        """;
}
