using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Fixtures;

/// <summary>One running server and one fake upstream, shared by the tests of a class.</summary>
public abstract class ServerFixture : IAsyncLifetime
{
    private static int s_names;

    public FakeUpstream Upstream { get; } = new();

    public int Port { get; } = FreePort.Next();

    public NodeDnsProcess Server { get; private set; } = null!;

    /// <summary>The Corefile; it must serve <see cref="Port"/> on 127.0.0.1.</summary>
    public abstract string Corefile { get; }

    /// <summary>The upstream's address as a Corefile writes it.</summary>
    public string UpstreamAddress => $"127.0.0.1:{Upstream.Port}";

    /// <summary>A name that no other test asks for.</summary>
    public static string NewName(string zone = "example.") => $"n{Interlocked.Increment(ref s_names)}.{zone}";

    public virtual async Task InitializeAsync() =>
        Server = await NodeDnsProcess.StartAsync(new NodeDnsOptions { Corefile = Corefile, Port = Port });

    public virtual async Task DisposeAsync()
    {
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }

        await Upstream.DisposeAsync();
    }

    /// <summary>Asks over UDP, moving the clock on while no answer comes.</summary>
    public async Task<DnsMessage> AskWhileTimeFliesAsync(DnsMessage query, double stepSeconds = 2)
    {
        Task<DnsMessage> answer = Server.Client.UdpAsync(query, TimeSpan.FromSeconds(15));
        while (await Task.WhenAny(answer, Task.Delay(150)) != answer)
        {
            await Server.AdvanceClockAsync(stepSeconds);
        }

        return await answer;
    }

    /// <summary>Asks again and again until the answer satisfies the condition.</summary>
    public async Task<DnsMessage> AskUntilAsync(Func<DnsMessage> query, Func<DnsMessage, bool> condition)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            DnsMessage answer = await Server.Client.UdpAsync(query());
            if (condition(answer))
            {
                return answer;
            }

            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(5), $"still {answer}");
            await Task.Delay(20);
        }
    }
}

/// <summary>The plain server of most tests: everything to one upstream, a cache with default numbers.</summary>
/// <remarks>Without hedges: on a busy machine they are queries that no test reckons with.</remarks>
public sealed class PlainServer : ServerFixture
{
    public override string Corefile => $$"""
        .:{{Port}} {
            bind 127.0.0.1
            forward . {{UpstreamAddress}} {
                max_fails 0
                hedge off
            }
            cache
        }
        """;
}

/// <summary>A server that asks once and waits: new tries are second queries on purpose, too.</summary>
public sealed class PatientServer : ServerFixture
{
    public override string Corefile => $$"""
        .:{{Port}} {
            bind 127.0.0.1
            forward . {{UpstreamAddress}} {
                max_fails 0
                hedge off
                read_timeout 4s
            }
            cache
        }
        """;
}

/// <summary>Short ways to the parts of a fixture.</summary>
public abstract class ServerTests<TFixture>(TFixture fixture) : IClassFixture<TFixture>
    where TFixture : ServerFixture
{
    protected TFixture Fixture { get; } = fixture;

    protected FakeUpstream Upstream => Fixture.Upstream;

    protected NodeDnsProcess Server => Fixture.Server;

    protected DnsClient Client => Fixture.Server.Client;

    protected static string NewName(string zone = "example.") => ServerFixture.NewName(zone);

    protected static IEnumerable<string> Addresses(DnsMessage message) =>
        message.Answers.Where(r => r.Type == RrType.A).Select(r => r.Address);

    /// <summary>Exactly NOERROR with this one address.</summary>
    protected static void AssertAddress(string address, DnsMessage message)
    {
        Assert.Equal(Rcode.NoError, message.Rcode);
        Assert.Equal([address], Addresses(message));
    }

    /// <summary>Asks once so that the answer is in the cache, and checks that it is.</summary>
    protected async Task<DnsMessage> CacheAsync(string name, ushort type = RrType.A)
    {
        DnsMessage first = await Client.UdpAsync(name, type);
        int before = Upstream.Count(name, type);
        await Client.UdpAsync(name, type);
        Assert.Equal(before, Upstream.Count(name, type));
        return first;
    }
}
