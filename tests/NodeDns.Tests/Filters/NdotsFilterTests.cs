using System.Linq;
using NodeDns.Config;
using NodeDns.Filters;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.Tests.Filters;

public class NdotsFilterTests
{
    private static FilterVerdict Check(NdotsFilter filter, string name) => filter.Check(new Asked(name).Context);

    [Theory]
    [InlineData("viktorbarzin.lan.", false)]
    [InlineData("idrac.viktorbarzin.lan.", false)]
    [InlineData("www.cloudflare.com.viktorbarzin.lan.", true)]
    [InlineData("cloudflare.com.VIKTORBARZIN.lan.", true)]
    [InlineData("_http._tcp.idrac.viktorbarzin.lan.", false)]
    [InlineData("a._http.viktorbarzin.lan.", true)]
    [InlineData("db.apps.viktorbarzin.lan.", false)]
    [InlineData("deep.db.apps.viktorbarzin.lan.", false)]
    [InlineData("db.xapps.viktorbarzin.lan.", true)]
    [InlineData("a.k8s.viktorbarzin.lan.", false)]
    [InlineData("a.b.example.com.", false)]
    [InlineData("a.xviktorbarzin.lan.", false)]
    [InlineData(".", false)]
    [InlineData("a\\.b.viktorbarzin.lan.", false)]
    [InlineData("a\\000b.\\\"c.viktorbarzin.lan.", true)]
    public void Check_PlainZone_DeniesFromTwoLabelsOn(string name, bool denied)
    {
        NdotsFilter filter = NdotsFilter.Compile(new NdotsFilterConfig(
            "viktorbarzin.lan.", NdotsFilterConfig.DefaultMinLabels, ["apps.", "k8s.viktorbarzin.lan."], false));
        Assert.Equal(denied, Check(filter, name) == FilterVerdict.Answer);
    }

    [Theory]
    [InlineData(1, "a.lan.", true)]
    [InlineData(3, "a.b.lan.", false)]
    [InlineData(3, "a.b.c.lan.", true)]
    public void Check_MinLabels_MovesTheBorder(int minLabels, string name, bool denied) =>
        Assert.Equal(denied, Check(NdotsFilter.Compile(new NdotsFilterConfig("lan.", minLabels, [], false)), name) == FilterVerdict.Answer);

    // Everything the Kubernetes DNS specification lets exist, and what search lists make of other names.
    [Theory]
    [InlineData("cluster.local.", false)]
    [InlineData("svc.cluster.local.", false)]
    [InlineData("pod.cluster.local.", false)]
    [InlineData("dns-version.cluster.local.", false)]
    [InlineData("default.svc.cluster.local.", false)]
    [InlineData("kubernetes.default.svc.cluster.local.", false)]
    [InlineData("web-0.web.default.svc.cluster.local.", false)]
    [InlineData("10-0-0-1.web.default.svc.cluster.local.", false)]
    [InlineData("busybox.subdomain.my-namespace.svc.cluster.local.", false)]
    [InlineData("_https._tcp.kubernetes.default.svc.cluster.local.", false)]
    [InlineData("_peer._tcp.web-0.web.default.svc.cluster.local.", false)]
    [InlineData("10-0-0-1.default.pod.cluster.local.", false)]
    [InlineData("google.com.cluster.local.", true)]
    [InlineData("www.google.com.cluster.local.", true)]
    [InlineData("com.cluster.local.", true)]
    [InlineData("www.google.com.default.svc.cluster.local.", true)]
    [InlineData("WWW.google.com.default.SVC.cluster.local.", true)]
    [InlineData("google.com.default.svc.cluster.local.", false)]
    [InlineData("google.com.svc.cluster.local.", false)]
    [InlineData("x.svcs.cluster.local.", true)]
    [InlineData("a.example.com.", false)]
    public void Check_Kubernetes_DeniesOnlyWhatCannotExist(string name, bool denied) =>
        Assert.Equal(denied, Check(NdotsFilter.Compile(new NdotsFilterConfig("cluster.local.", 2, [], true)), name) == FilterVerdict.Answer);

    [Fact]
    public void TryWrite_Denied_GivesNxdomainWithTheZonesSoa()
    {
        NdotsFilter filter = NdotsFilter.Compile(new NdotsFilterConfig("viktorbarzin.lan.", 2, [], false));
        DnsMessage answer = new Asked("www.Cloudflare.com.viktorbarzin.lan.").Answer(filter.TryWrite);

        Assert.Equal(Rcode.NxDomain, answer.Rcode);
        Assert.Equal("www.Cloudflare.com.viktorbarzin.lan.", answer.Question.Name);
        DnsRecord soa = Assert.Single(answer.AllRecords);
        Assert.Same(soa, Assert.Single(answer.Authority));
        Assert.Equal(("viktorbarzin.lan.", RrType.Soa, 60u), (soa.Name, soa.Type, soa.Ttl));
        Assert.Equal([0, 0, 0, 60], soa.Data[^4..]);
    }

    [Fact]
    public void Check_AnyName_AllocatesNothing()
    {
        NdotsFilter filter = NdotsFilter.Compile(new NdotsFilterConfig("cluster.local.", 2, ["x."], true));
        Asked asked = new(string.Concat(Enumerable.Repeat("a.", 100)) + "default.svc.cluster.local.");
        Assert.Equal(0, Asked.Allocated(() => filter.Check(asked.Context)));
    }
}
