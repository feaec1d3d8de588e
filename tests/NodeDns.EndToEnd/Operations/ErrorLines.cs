using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace NodeDns.EndToEnd.Operations;

/// <summary>Lines that CoreDNS's own set-up tests accept or refuse, each put into a block of its own.</summary>
internal static class ErrorLines
{
    private static readonly string[] s_badInCache =
    [
        "success", "denial aaa", "positive 15", "prefetch -1", "prefetch 0 blurp", "serve_stale 20", "serve_stale -20m",
        "serve_stale aa", "serve_stale 1m nono", "serve_stale 0 after nono", "serve_stale 1h immediate 100ms",
        "serve_stale 1h immediate 4294967296s", "serve_stale 1h immediate -1s", "serve_stale 1h immediate garbage",
        "serve_stale 1h immediate 30s 30s extra", "serve_stale 1h verify -1ms", "serve_stale 1h verify 100ms 500ms",
        "serve_stale 1h verify 100ms 30s 30s extra", "serve_stale 1h immediate 30s 6m", "servfail", "servfail 6m",
        "servfail 20", "servfail -1s", "servfail aa", "servfail 1m invalid", "disable invalid", "keepttl now",
        "serve_stale_policy prefer_positive", "serve_stale 3600s 86400s",
    ];

    private static readonly string[] s_goodInCache =
    [
        "success 10 1800 30", "denial 10 15 5", "prefetch 10", "prefetch 10 1m 20%", "serve_stale", "serve_stale 20m",
        "serve_stale 1h20m", "serve_stale 0m", "serve_stale 0", "serve_stale 0 verify", "serve_stale 0 VERIFY",
        "serve_stale 0 immediate", "serve_stale 1h immediate 30s", "serve_stale 1h immediate 30s 30s",
        "serve_stale 1h immediate 4294967295s", "serve_stale 1h immediate 0", "serve_stale 1h verify 100ms",
        "serve_stale 1h verify 100ms 30s 30s", "serve_stale 1h verify 0 1m", "servfail 1s", "servfail 5m", "servfail 0s",
        "servfail 0", "disable denial", "disable success example.org", "keepttl",
    ];

    private static readonly string[] s_badInForward =
    [
        "frobnicate", "health_check 0.5s domain", "max_concurrent many", "max_concurrent -4", "max_idle_conns -1",
        "max_connect_attempts -4", "health_check no_rec", "health_check 0.5s rec", "health_check 0.5s domain example..org",
        "max_age -1s", "max_age 5s", "read_timeout 0s", "read_timeout -1s", "failover NOERROR",
        "failfast_all_unhealthy_upstreams false", "policy quickest", "hedge on", "mix_case yes",
    ];

    private static readonly string[] s_goodInForward =
    [
        "except internal.test", "force_tcp", "prefer_udp", "mix_case", "expire 20s", "max_age 30s", "max_idle_conns 10",
        "read_timeout 500ms", "max_fails 0", "max_connect_attempts 0", "policy round_robin", "policy fastest", "hedge off", "hedge 50ms", "health_check 1s no_rec",
        "health_check 1s domain example.org", "max_concurrent 100", "next NXDOMAIN", "failover SERVFAIL REFUSED",
        "failfast_all_unhealthy_upstreams",
    ];

    private static readonly string[] s_bad =
    [
        "cache 0", "cache -1", "forward . https://1.1.1.1/", "forward .", "forward . tls://", "bufsize 5000", "bufsize 511",
        "bufsize 512 512", "bufsize abc", "health bla", "health :1 :2", "bind", "bind 1.2.3.invalid", "loadbalance fleeb",
        "loadbalance round_robin a", "errors errors.txt", "errors a b", "prometheus /foo", "prometheus a b c", "reload 1s",
        "reload aa", "kubernetes cluster.local", "autopath @kubernetes", "file db.example", "secondary", "nonsense",
        "template IN A {\n        match \"(\"\n    }", "template IN A {\n        rcode NOPE\n    }",
        "timeouts {\n        read 0s\n    }",
        "hosts {\n        ttl 0\n    }", "acl {\n        permit\n    }", "deny", "rewrite",
        "header {\n        response turn aa\n    }",
        "ndots_filter {\n        min_labels none\n    }", "dns64 not-a-prefix",
    ];

    private static readonly string[] s_good =
    [
        "cache", "cache 25", "cache 25 example.nl", "cache aaa example.nl", "forward . 127.0.0.1", "forward . [::1]:53",
        "forward . 127.0.0.1:8080", "bufsize", "bufsize 1220", "loadbalance", "loadbalance round_robin", "errors", "log",
        "minimal", "any", "whoami", "deny ads.test tracker.test", "ndots_filter", "debug", "dns64 64:ff9b::/96",
        "ndots_filter {\n        min_labels 3\n        allow ok.test\n    }", "reload 10s 2s", "loop",
        "acl {\n        allow net 10.0.0.0/8\n        block\n    }",
        "template ANY ANY {\n        rcode NXDOMAIN\n    }", "hosts {\n        10.0.0.1 a.test\n        fallthrough\n    }",
        "rewrite name a.test b.test", "header {\n        response set aa\n    }",
        "timeouts {\n        read 3s\n        idle 10s\n    }",
    ];

    /// <summary>A file of nothing but mistakes, and the lines they are on.</summary>
    public static (string Text, List<(int Line, string Text)> Bad) Corefile()
    {
        var text = new StringBuilder();
        var bad = new List<(int, string)>();
        int line = 1;
        foreach ((string before, string wrong, string after) in Wrapped(s_bad, s_badInCache, s_badInForward))
        {
            string block = $"z{line}.test:5399 {{\n{before}";
            // A mistake inside a nested block is on the line after its head.
            int inner = wrong.Contains('\n') ? 1 : 0;
            bad.Add((line + block.Count(c => c == '\n') + inner, wrong.Replace('\n', ' ')));
            block += $"    {wrong}\n{after}}}\n";
            line += block.Count(c => c == '\n');
            text.Append(block);
        }

        return (text.ToString(), bad);
    }

    public static string GoodCorefile()
    {
        int zone = 0;
        return string.Concat(Wrapped(s_good, s_goodInCache, s_goodInForward)
            .Select(b => $"g{zone++}.test:5399 {{\n{b.Before}    {b.Line}\n{b.After}}}\n"));
    }

    private static IEnumerable<(string Before, string Line, string After)> Wrapped(
        string[] lines, string[] inCache, string[] inForward) =>
    [
        .. lines.Select(l => (string.Empty, l, string.Empty)),
        .. inCache.Select(l => ("cache {\n", l, "}\n")),
        .. inForward.Select(l => ("forward . 127.0.0.1 {\n", l, "}\n")),
    ];
}
