using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.EndToEnd.Node;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Upstreams;

/// <summary>
/// A node, a router and the host of two upstreams, in network namespaces of their own: what breaks is the way between them,
/// or a process at its end. The first upstream is a program that can be stopped, the second one scripted.
/// </summary>
internal sealed class RoutedUpstreams : IAsyncDisposable
{
    public const string First = "10.98.2.11";
    public const string First6 = "fd98:2::11";
    private const string Second = "10.98.2.12";
    private const int MetricsPort = 9253;
    private static int s_count;
    private readonly string _prefix = $"ndr{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}";
    private string _firstAsWritten = $"{First}:53";

    public string Node => $"{_prefix}-node";

    public string Router => $"{_prefix}-router";

    public string Far => $"{_prefix}-far";

    public NodeDnsProcess Server { get; private set; } = null!;

    public NodeDnsProcess FirstUpstream { get; private set; } = null!;

    public FakeUpstream SecondUpstream { get; private set; } = null!;

    /// <param name="options">Lines of the <c>forward</c> block.</param>
    /// <param name="onlyFirst">Whether the second upstream is left out.</param>
    /// <param name="ipv6">Whether the first upstream is asked at its other address.</param>
    public static async Task<RoutedUpstreams> StartAsync(string options, bool onlyFirst = false, bool ipv6 = false)
    {
        RoutedUpstreams all = new() { _firstAsWritten = ipv6 ? $"[{First6}]:53" : $"{First}:53" };
        try
        {
            await NodeBox.ShAsync(all.Links());
            all.FirstUpstream = await NodeDnsProcess.StartAsync(new NodeDnsOptions
            {
                Port = 53,
                Address = IPAddress.Parse(First),
                NetworkNamespace = all.Far,
                Corefile = $$"""
                    .:53 {
                        bind {{First}} {{First6}}
                        template IN A . {
                            answer "{{"{{ .Name }}"}} 300 IN A 192.0.2.11"
                        }
                        template IN NS . {
                            answer "{{"{{ .Name }}"}} 300 IN NS ns.example."
                        }
                    }
                    """,
            });
            all.SecondUpstream = NetworkNamespace.Run(all.Far, () => new FakeUpstream(IPAddress.Parse(Second), 53));
            all.Server = await NodeDnsProcess.StartAsync(new NodeDnsOptions
            {
                Port = 5300,
                NetworkNamespace = all.Node,
                Corefile = $$"""
                    .:5300 {
                        bind 127.0.0.1
                        prometheus 127.0.0.1:{{MetricsPort}}
                        cache
                        forward . {{all._firstAsWritten}} {{(onlyFirst ? "" : Second)}} {
                            policy sequential
                            {{options}}
                        }
                    }
                    """,
            });

            // The first answers of a new process take long, and the smoothed round trip remembers them for a while.
            for (int i = 0; i < 30; i++)
            {
                await all.AskAsync();
            }

            return all;
        }
        catch
        {
            await all.DisposeAsync();
            throw;
        }
    }

    public static Task InAsync(string space, string command) => NodeBox.ShAsync($"ip netns exec {space} {command}");

    /// <summary>Asks a new name, which is answered, and says how long that took.</summary>
    public async Task<TimeSpan> AskAsync()
    {
        long began = Stopwatch.GetTimestamp();
        DnsMessage answer = await Server.Client.UdpAsync(
            DnsMessage.Query(ServerFixture.NewName()).WithEdns(), TimeSpan.FromSeconds(8));
        TimeSpan took = Stopwatch.GetElapsedTime(began);
        Assert.True(answer.Rcode == Rcode.NoError, $"{answer}\n{Server.Output}");
        return took;
    }

    public async Task<TimeSpan[]> AskAsync(int atOnce) => await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => AskAsync()));

    public async Task<double> OfFirstAsync(string metric, string cause = "") => (await PageAsync())[cause.Length == 0
        ? $"nodedns_upstream_{metric}{{upstream=\"{_firstAsWritten}\"}}"
        : $"nodedns_upstream_{metric}{{to=\"{_firstAsWritten}\",cause=\"{cause}\"}}"];

    /// <summary>Asks new names until a condition holds that they bring about.</summary>
    public async Task AskUntilAsync(Func<Task<bool>> condition, TimeSpan within)
    {
        long began = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < within, Server.Output);
            await AskAsync();
        }
    }

    /// <summary>The ports that the server's connections to the first upstream come from.</summary>
    public async Task<IReadOnlyList<string>> ConnectionsAsync()
    {
        CommandResult result = await NodeBox.ShAsync($"ip netns exec {Node} ss -Htn state established dst {First}");
        return [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2].Split(':')[^1])];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable? part in new IAsyncDisposable?[] { Server, FirstUpstream, SecondUpstream })
        {
            if (part is not null)
            {
                await part.DisposeAsync();
            }
        }

        await CommandResult.RunAsync("/bin/sh", ["-c", $"for n in {Node} {Router} {Far}; do ip netns del $n; done"]);
    }

    private Task<MetricsPage> PageAsync() => MetricsPage.ReadAsync(new IPEndPoint(IPAddress.Loopback, MetricsPort), Node);

    private string Links() => $"""
        for n in {Node} {Router} {Far}; do ip netns add $n; ip -n $n link set lo up; done
        ip -n {Router} link add node type veth peer name wire netns {Node}
        ip -n {Router} link add far type veth peer name wire netns {Far}
        ip -n {Router} address add 10.98.1.254/24 dev node
        ip -n {Router} address add 10.98.2.254/24 dev far
        ip -n {Node} address add 10.98.1.1/24 dev wire
        ip -n {Far} address add {First}/24 dev wire
        ip -n {Far} address add {Second}/24 dev wire
        ip -n {Router} address add fd98:1::fe/64 dev node nodad
        ip -n {Router} address add fd98:2::fe/64 dev far nodad
        ip -n {Node} address add fd98:1::1/64 dev wire nodad
        ip -n {Far} address add {First6}/64 dev wire nodad
        for n in {Node} {Far}; do ip -n $n link set wire up; done
        for d in node far; do ip -n {Router} link set $d up; done
        ip -n {Node} route add default via 10.98.1.254
        ip -n {Far} route add default via 10.98.2.254
        ip -n {Node} -6 route add default via fd98:1::fe
        ip -n {Far} -6 route add default via fd98:2::fe
        ip netns exec {Router} sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
        """;
}
