using System;
using System.Linq;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Node;

/// <summary>The check after an apply, made for all of a node: every address, both transports, every kind of answer.</summary>
[Collection(AloneCollection.Name)]
public sealed class NodeSelfTestTests
{
    private static readonly string[] s_addresses = [NodeBox.LinkLocal, NodeBox.ClusterAddress, NodeBox.ClusterAddress6];

    [BoxFact]
    [Trait("Drill", "only-one-pod check")]
    public async Task SelfTest_OnANode_AsksEveryAddressOverBothTransports()
    {
        await using NodeBox box = await NodeBox.CreateAsync();
        NodeDnsProcess server = await box.StartAsync();

        string output = await box.OnNodeAsync(
            $"env DOTNET_ROOT={RepositoryRoot.DotnetRoot} {RepositoryRoot.Binary} selftest -control-socket {server.ControlSocket}");

        foreach (string transport in (string[])["udp", "tcp"])
        {
            foreach (string address in s_addresses)
            {
                string endPoint = address.Contains(':', StringComparison.Ordinal) ? $@"\[{address}\]:53" : $"{address}:53";
                Assert.Matches($@"{endPoint} +{transport} +\. +ok [\d.]+ ms +ok [\d.]+ ms +ok [\d.]+ ms +ok [\d.]+ ms", output);
            }
        }

        Assert.Contains(" 0 failed", output, StringComparison.Ordinal);
    }

    [BoxFact]
    [Trait("Drill", "only-one-pod check")]
    public async Task Pods_AtEveryAddressOverBothTransports_GetEveryKindOfAnswer()
    {
        await using NodeBox box = await NodeBox.CreateAsync();
        box.KubeDns.On("gone.box.", query => query.NxDomain(zone: "box."));
        box.KubeDns.On("big.box.", query => query.Answer([.. Enumerable.Range(0, 40).Select(
            i => DnsRecord.Txt(query.Name, $"{i}-{new string('x', 200)}"))]));
        await box.StartAsync();
        foreach (string pod in new[] { box.Pod, box.OtherPod })
        {
            foreach (string address in s_addresses)
            {
                foreach (bool tcp in new[] { false, true })
                {
                    DnsClient client = NodeBox.Client(pod, address);
                    Task<DnsMessage> AskAsync(string name, ushort type = RrType.A) =>
                        tcp ? client.TcpAsync(name, type) : client.UdpAsync(name, type);
                    string fresh = ServerFixture.NewName("box.");
                    Assert.Equal("192.0.2.1", (await AskAsync(fresh)).Answers[0].Address);
                    Assert.Equal("192.0.2.1", (await AskAsync(fresh)).Answers[0].Address);
                    Assert.Equal(Rcode.NxDomain, (await AskAsync("gone.box.")).Rcode);
                    DnsMessage big = await AskAsync("big.box.", RrType.Txt);
                    Assert.Equal((!tcp, tcp ? 40 : 0), (big.Truncated, big.Answers.Count));
                }
            }
        }
    }
}
