using System.Collections.Generic;

namespace NodeDns.Config.Directives;

/// <summary>Directives of CoreDNS that are known here and refused, each with why and what to use instead.</summary>
internal static class RefusedDirectives
{
    private const string NotAuthoritative =
        "a node-local proxy serves no zones of its own; serve the zone elsewhere and forward to it";

    private const string NotSigning =
        "answers are not signed here; leave signing to the server of the zone";

    private static readonly Dictionary<string, string> s_reasons = new Dictionary<string, string>
    {
        ["kubernetes"] = "a node-local proxy does not watch the API server; "
            + "forward the cluster domain to the cluster's DNS: \"forward . __PILLAR__CLUSTER__DNS__\"",
        ["k8s_external"] = "a node-local proxy does not watch the API server; forward the zone to the cluster's DNS",
        ["autopath"] = "it needs the kubernetes directive; use \"ndots_filter cluster.local { kubernetes }\" against search-list junk",
        ["file"] = NotAuthoritative + ", or write a few names into \"hosts\"",
        ["auto"] = NotAuthoritative,
        ["secondary"] = NotAuthoritative,
        ["transfer"] = "there are no zones to transfer; AXFR and IXFR are answered with REFUSED",
        ["root"] = "there are no zone files; write full paths",
        ["etcd"] = NotAuthoritative,
        ["route53"] = NotAuthoritative,
        ["azure"] = NotAuthoritative,
        ["clouddns"] = NotAuthoritative,
        ["nomad"] = NotAuthoritative,
        ["dnssec"] = NotSigning,
        ["sign"] = NotSigning,
        ["tsig"] = "there are no transfers or updates to authenticate; take it away",
        ["tls"] = "clients inside a node are served over plain DNS only; tls as an option of forward is for upstreams",
        ["quic"] = "DNS over QUIC is not served; take it away",
        ["https"] = "DNS over HTTPS is not served; take it away",
        ["https3"] = "DNS over HTTP/3 is not served; take it away",
        ["grpc"] = "gRPC is not supported for upstreams; use \"forward\" with dns://, tls:// or https://",
        ["grpc_server"] = "DNS over gRPC is not served; take it away",
        ["view"] = "blocks are chosen by zone, port and address only; use \"acl\" or \"bind\" to tell clients apart",
        ["geoip"] = "answers do not depend on where a client is; take it away",
        ["metadata"] = "there is no metadata that another directive could use; take it away",
        ["nsid"] = "the NSID option is not answered; take it away",
        ["chaos"] = "version.bind and its like are not answered; take it away",
        ["local"] = "write the names into \"hosts\": \"127.0.0.1 localhost\"",
        ["shed"] = "every queue has a bound of its own here; take it away",
        ["erratic"] = "it is for tests of CoreDNS only; take it away",
        ["proxy"] = "it was replaced in CoreDNS 1.5; use \"forward\"",
        ["federation"] = "it was removed from CoreDNS; take it away",
        ["fanout"] = "it is not part of CoreDNS; use \"forward\", which asks a second upstream when the first is slow",
        ["alternate"] = "it is not part of CoreDNS; use \"forward\" with its options next or failover",
        ["redisc"] = "the cache is in memory; use \"cache\"",
        ["unbound"] = "it is not part of CoreDNS; use \"forward\"",
    };

    public static IEnumerable<string> Names => s_reasons.Keys;

    public static bool TryGetReason(string name, out string reason)
    {
        bool known = s_reasons.TryGetValue(name, out string? found);
        reason = found ?? "";
        return known;
    }
}
