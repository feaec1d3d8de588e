using System.Collections.Generic;
using System.Linq;
using System.Net;
using NodeDns.Config;
using NodeDns.Linux.Sockets;
using NodeDns.Timing;
using NodeDns.Upstreams;
using NodeDns.Upstreams.Streams;
using Xunit;

namespace NodeDns.Tests.Upstreams;

public sealed class UpstreamRegistryTests
{
    private readonly UpstreamRegistry _registry = new(new Clock());

    [Fact]
    public void Get_NamedTwice_OneUpstream() => Assert.Same(Get(1), Get(1));

    [Fact]
    public void Get_OtherAuthority_AnotherUpstreamWithATextOfItsOwn()
    {
        UpstreamIdentity identity = new(AddressOf(1), Transport.Tls, "dns.test");

        UpstreamState strict = _registry.Get(identity with { Tls = new TlsConfig(null, null, "/ca.pem") }, StreamRules.Default);
        UpstreamState lax = _registry.Get(identity, StreamRules.Default);

        Assert.NotSame(strict, lax);
        Assert.Equal("tls://192.0.2.1:53%dns.test", strict.Text);
        Assert.NotEqual(strict.Text, lax.Text);
    }

    [Fact]
    public void Keep_FewFormerOnes_AllRemembered()
    {
        UpstreamState used = Get(1);
        UpstreamState former = Get(2);

        _registry.Keep(new HashSet<UpstreamState> { used });

        Assert.Same(former, Get(2));
    }

    [Fact]
    public void Keep_ManyFormerOnes_ForgottenAndTheirPlacesUsedAgain()
    {
        UpstreamState used = Get(1);
        for (int i = 2; i < 5000; i++)
        {
            Get(i);
            _registry.Keep(new HashSet<UpstreamState> { used });
        }

        Assert.InRange(_registry.All.Count, 1, UpstreamLimits.MaxFormerUpstreams + 1);
        Assert.Same(used, Get(1));
        Assert.InRange(_registry.All.Max(state => state.Index), 0, UpstreamLimits.MaxFormerUpstreams + 1);
        Assert.Equal(_registry.All.Count, _registry.All.Select(state => state.Index).Distinct().Count());
    }

    private static PeerAddress AddressOf(int number) =>
        PeerAddress.From(new IPEndPoint(new IPAddress([192, 0, (byte)(2 + (number >> 8)), (byte)number]), 53));

    private UpstreamState Get(int number) => _registry.Get(AddressOf(number), Transport.Dns);
}
