using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;
using Xunit.Abstractions;

namespace NodeDns.EndToEnd.Attacks;

/// <summary>Mutated packets at the listeners and as upstream answers, while a valid probe must be answered all along.</summary>
/// <remarks>
/// Two seconds by default, NODEDNS_FUZZ_SECONDS for longer, NODEDNS_FUZZ_SEED to repeat a run (its packets are the
/// same; their timing is not).
/// </remarks>
[Collection(AloneCollection.Name)]
public sealed class SocketFuzzTests(SocketFuzzTests.FuzzedServer fixture, ITestOutputHelper output)
    : ServerTests<SocketFuzzTests.FuzzedServer>(fixture)
{
    private static readonly TimeSpan s_budget = TimeSpan.FromSeconds(Number("NODEDNS_FUZZ_SECONDS", 2));

    private readonly int _seed = Number("NODEDNS_FUZZ_SEED", Random.Shared.Next());

    [Fact]
    [Trait("Statement", "2.2 unexpected errors")]
    public async Task MutatedQueriesOverUdp_ProbesAreAnswered()
    {
        var mutator = new PacketMutator(_seed);
        using Socket socket = Client.ConnectUdp();
        Task<int> answers = CountAsync(socket);
        int sent = await FuzzAsync(async () =>
        {
            await socket.SendAsync(mutator.Mutate(Seeds(mutator.Random)));
        });
        output.WriteLine($"{sent} packets sent, {await answers} answers");
        Assert.True(await answers > 0);
    }

    [Fact]
    [Trait("Statement", "2.2 unexpected errors")]
    public async Task MutatedQueriesOverTcp_ProbesAreAnswered()
    {
        var mutator = new PacketMutator(_seed);
        DnsTcpConnection connection = await Client.ConnectTcpAsync();
        int sent = await FuzzAsync(async () =>
        {
            try
            {
                byte[] framed = DnsTcpConnection.Frame(mutator.Mutate(Seeds(mutator.Random)));
                if (mutator.Random.Next(50) == 0)
                {
                    framed[mutator.Random.Next(2)] ^= (byte)mutator.Random.Next(256);
                }

                using var limit = new System.Threading.CancellationTokenSource(500);
                await connection.Socket.SendAsync(framed, limit.Token);
                if (mutator.Random.Next(20) == 0)
                {
                    throw new SocketException();
                }
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                connection.Dispose();
                connection = await Client.ConnectTcpAsync();
            }
        });
        connection.Dispose();
        output.WriteLine($"{sent} frames sent");
    }

    [Fact]
    [Trait("Statement", "2.2 unexpected errors")]
    public async Task MutatedUpstreamAnswers_ProbesAreAnswered()
    {
        var mutator = new PacketMutator(_seed);
        int hostile = 0;
        Upstream.Override = q =>
        {
            if (!q.Name.EndsWith("fuzz.example.", StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }

            lock (mutator)
            {
                hostile++;
                byte[] answer = mutator.Mutate(Reply(q, mutator.Random).Encode(mutator.Random.Next(2) == 0));
                if (answer.Length > 2 && mutator.Random.Next(10) != 0)
                {
                    q.Bytes.AsSpan(0, 2).CopyTo(answer);
                }

                return UpstreamReply.Raw([.. Enumerable.Repeat(answer, mutator.Random.Next(1, 3))]);
            }
        };
        using Socket socket = Client.ConnectUdp();
        Task<int> answers = CountAsync(socket);
        int sent = await FuzzAsync(async () =>
        {
            string name = $"h{mutator.Random.Next(5000)}.fuzz.example.";
            ushort type = (ushort)(mutator.Random.Next(4) == 0 ? mutator.Random.Next(1, 260) : RrType.A);
            await socket.SendAsync(DnsMessage.Query(name, type).WithEdns(e => e.DnssecOk = mutator.Random.Next(2) == 0).Encode());
        });
        Upstream.Override = null;
        output.WriteLine($"{sent} queries sent, {hostile} hostile answers given, {await answers} answers received");
        Assert.True(hostile > 0);
    }

    /// <summary>Runs one step after another for the budget and asks a valid probe after every hundred.</summary>
    private async Task<int> FuzzAsync(Func<Task> step)
    {
        output.WriteLine($"NODEDNS_FUZZ_SEED={_seed}");
        string cached = NewName();
        Upstream.KeepsQueries = true;
        await CacheAsync(cached);
        Upstream.KeepsQueries = false;
        long began = Stopwatch.GetTimestamp();
        int steps = 0;
        while (Stopwatch.GetElapsedTime(began) < s_budget)
        {
            await step();
            if (++steps % 100 == 0)
            {
                await ProbeAsync(cached);
                await ProbeAsync(NewName());
                Assert.True(Server.IsAlive);
            }
        }

        AssertAddress("192.0.2.1", await Client.TcpAsync(NewName()));
        Assert.True(Server.IsAlive, Server.Output);
        output.WriteLine($"{Server.ResidentBytes >> 10} KiB resident, {Server.OpenDescriptors} descriptors");
        Assert.DoesNotContain("Unhandled", Server.Output, StringComparison.OrdinalIgnoreCase);
        MetricsPage page = await MetricsPage.ReadAsync(new IPEndPoint(IPAddress.Loopback, Fixture.MetricsPort), null);
        Assert.True(page["nodedns_queries_total"] >= steps / 100, "no metrics");
        Assert.Equal(0, page["coredns_panics_total"]);
        return steps;
    }

    private async Task ProbeAsync(string name)
    {
        DnsMessage answer = await Client.UdpAsync(DnsMessage.Query(name).WithEdns());
        Assert.True(answer is { Rcode: Rcode.NoError, Answers.Count: 1 }, answer.ToString());
    }

    private static async Task<int> CountAsync(Socket socket)
    {
        int count = 0;
        while (await DnsClient.ReceiveAsync(socket, s_budget / 2 + TimeSpan.FromSeconds(1)) is not null)
        {
            count++;
        }

        return count;
    }

    private static byte[] Seeds(Random random)
    {
        DnsMessage query = DnsMessage.Query($"f{random.Next(1000)}.fuzz.example.", (ushort)random.Next(1, 260));
        return random.Next(4) switch
        {
            0 => query.Encode(),
            1 => query.WithEdns().Encode(),
            2 => query.WithEdns(e => e.With(EdnsOptionCode.ClientSubnet, 0, 1, 24, 0, 1, 2, 3)
                .With(EdnsOptionCode.Cookie, 1, 2, 3, 4, 5, 6, 7, 8)).Encode(),
            _ => query.Change(m => m.Additional.Add(DnsRecord.A("x.example.", "192.0.2.1"))).WithEdns().Encode(true),
        };
    }

    private static DnsMessage Reply(UpstreamQuery query, Random random) => random.Next(7) switch
    {
        0 => query.NxDomain(),
        1 => query.NoData().Change(m => m.Authority.Add(DnsRecord.Nsec("a.example.", "z.example."))),
        2 => query.Answer(DnsRecord.Cname(query.Name, "x.fuzz.example."), DnsRecord.A("x.fuzz.example.", "192.0.2.1")),
        3 => query.Answer(DnsRecord.Mx(query.Name, 1, "mx." + query.Name), DnsRecord.Rrsig(query.Name, RrType.Mx)),
        4 => query.Error(random.Next(16)).WithEdns(e => e.WithError((ushort)random.Next(30), "why")),
        5 => query.Address("192.0.2.1").With((ushort)(1 << random.Next(16))),
        _ => query.Answer(DnsRecord.Soa(query.Name, 60, 60), DnsRecord.Ns(query.Name, "ns." + query.Name)),
    };

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int n)
            ? n
            : otherwise;

    /// <summary>A server whose hostile names fail fast and whose cache serves stale data, so that every path is met.</summary>
    public sealed class FuzzedServer : ServerFixture
    {
        public int MetricsPort { get; } = FreePort.Next();

        public override string Corefile => $$"""
            .:{{Port}} {
                bind 127.0.0.1
                prometheus 127.0.0.1:{{MetricsPort}}
                forward . {{UpstreamAddress}} {
                    max_fails 0
                }
                cache {
                    serve_stale 1h
                }
            }
            fuzz.example:{{Port}} {
                bind 127.0.0.1
                forward . {{UpstreamAddress}} {
                    max_fails 0
                    read_timeout 100ms
                }
                cache {
                    serve_stale 1h
                    prefetch 1 1m 50%
                }
                loadbalance
            }
            """;
    }
}
