namespace NodeDns.EndToEnd.Operations;

/// <summary>Corefiles that real clusters run, letter by letter.</summary>
internal static class ReferenceCorefiles
{
    /// <summary>Rolled out one day, and CoreDNS crash-looped: serve_stale takes one duration.</summary>
    public const string Broken = """
        # What was rolled out one day and crash-looped CoreDNS: serve_stale takes one duration.
        viktorbarzin.lan:53 {
            forward . 10.96.0.53
            cache {
                success 10000 300
                denial 10000 300
                serve_stale 3600s 86400s
            }
        }
        """;

    /// <summary>An internal zone: ndots junk filter by template, the rest to its DNS server.</summary>
    public const string HomelabLan = """
        # The first user's internal zone: ndots junk filter by template, the rest to Technitium.
        viktorbarzin.lan:53 {
            errors
            template ANY ANY viktorbarzin.lan {
                match ".*\..*\.viktorbarzin\.lan\.$"
                rcode NXDOMAIN
                authority "{{ .Zone }} 60 IN SOA ns.{{ .Zone }} hostmaster.{{ .Zone }} 1 60 60 60 60"
                fallthrough
            }
            forward . 10.96.0.53 {
                health_check 5s
                max_fails 2
            }
            cache {
                success 10000 300
                denial 10000 300
                serve_stale 86400s
            }
        }
        """;

    /// <summary>A cluster's forwarder.</summary>
    public const string HomelabRoot = """
        # The first user's cluster forwarder, as a node could serve it (no kubernetes directive: cluster names go to kube-dns-upstream).
        .:53 {
            errors
            health
            ready
            prometheus :9153
            forward . 10.0.20.1 8.8.8.8 1.1.1.1 {
                policy sequential
                health_check 5s
                max_fails 2
            }
            cache {
                success 10000 300 6
                denial 10000 300 60
                serve_stale 86400s
            }
            loop
            reload
            loadbalance
        }
        """;

    /// <summary>The stock node-local-dns ConfigMap: four zones, pillars not yet replaced.</summary>
    public const string NodeLocalDns = """
        # The shape of the stock node-local-dns ConfigMap: four zones, pillars not yet replaced.
        __PILLAR__DNS__DOMAIN__:53 {
            errors
            cache {
                success 9984 30
                denial 9984 5
            }
            reload
            loop
            bind __PILLAR__LOCAL__DNS__ __PILLAR__DNS__SERVER__
            forward . __PILLAR__CLUSTER__DNS__ {
                force_tcp
            }
            prometheus :9253
            health __PILLAR__LOCAL__DNS__:8080
        }
        in-addr.arpa:53 {
            errors
            cache 30
            reload
            loop
            bind __PILLAR__LOCAL__DNS__ __PILLAR__DNS__SERVER__
            forward . __PILLAR__CLUSTER__DNS__ {
                force_tcp
            }
            prometheus :9253
        }
        ip6.arpa:53 {
            errors
            cache 30
            reload
            loop
            bind __PILLAR__LOCAL__DNS__ __PILLAR__DNS__SERVER__
            forward . __PILLAR__CLUSTER__DNS__ {
                force_tcp
            }
            prometheus :9253
        }
        .:53 {
            errors
            cache 30
            reload
            loop
            bind __PILLAR__LOCAL__DNS__ __PILLAR__DNS__SERVER__
            forward . __PILLAR__UPSTREAM__SERVERS__
            prometheus :9253
        }
        """;
}
