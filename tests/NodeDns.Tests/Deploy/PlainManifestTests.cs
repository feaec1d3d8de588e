using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using NodeDns.Dnstap;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.Tests.Deploy;

/// <summary>deploy/kubernetes: node-cache's objects, and every rule; and each rule says so when it is broken.</summary>
public sealed class PlainManifestTests
{
    private static readonly string s_text = File.ReadAllText(Path.Combine(RepositoryRoot.Path, Manifests.PlainFile));

    [Fact]
    public void PlainManifests_KeepToAllRules() => Assert.Empty(ManifestRules.Problems(Manifests.Plain()));

    [Fact]
    public void PlainManifests_HaveNodeCachesObjects()
    {
        Assert.Equal(
            [
                "ConfigMap/node-local-dns", "DaemonSet/node-local-dns", "Service/kube-dns-upstream", "Service/node-local-dns",
                "ServiceAccount/node-local-dns",
            ],
            Manifests.Plain().Names);
    }

    [Fact]
    public void Services_OfThePlainManifests_AreNodeCaches()
    {
        Manifests manifests = Manifests.Plain();
        JsonNode upstream = manifests.Object("Service/kube-dns-upstream")["spec"]!;
        JsonNode metrics = manifests.Object("Service/node-local-dns");

        Assert.Null(upstream["clusterIP"]);
        Assert.Equal("kube-dns", (string?)upstream["selector"]!["k8s-app"]);
        Assert.Equal(["UDP 53", "TCP 53"], upstream["ports"]!.AsArray().Select(port => $"{port!["protocol"]} {port["port"]}"));
        Assert.Equal("None", (string?)metrics["spec"]!["clusterIP"]);
        Assert.Equal(9253, (int)metrics["spec"]!["ports"]![0]!["targetPort"]!);
        Assert.Equal("9253", (string?)metrics["metadata"]!["annotations"]!["prometheus.io/port"]);
        Assert.Equal("true", (string?)metrics["metadata"]!["annotations"]!["prometheus.io/scrape"]);
    }

    [Fact]
    public void Version_OfImageAndLabels_IsTheProgramsOwn()
    {
        Manifests manifests = Manifests.Plain();

        Assert.EndsWith($":{ProgramVersion.Number}", (string?)manifests.Container["image"], StringComparison.Ordinal);
        Assert.Equal(ProgramVersion.Number, (string?)manifests.DaemonSet["metadata"]!["labels"]!["app.kubernetes.io/version"]);
        Assert.Equal(
            ProgramVersion.Number,
            (string?)manifests.DaemonSet["spec"]!["template"]!["metadata"]!["labels"]!["app.kubernetes.io/version"]);
    }

    [Theory]
    [InlineData("nodedns:0.1.0", "nodedns:latest", "not pinned")]
    [InlineData("nodedns:0.1.0", "nodedns", "not pinned to a version")]
    [InlineData("registry.example.org/nodedns", "nodedns", "names no registry")]
    [InlineData("          resources:", "          ports:\n            - containerPort: 53\n              name: dns\n              protocol: UDP\n          resources:", "ports on the host network")]
    [InlineData("livenessProbe", "livenesProbe", "no such field")]
    [InlineData("          livenessProbe:", "          lifecycle:", "livenessProbe: missing")]
    [InlineData("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "may write to its image")]
    [InlineData("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: \"true\"", "expected flag")]
    [InlineData("privileged: false", "privileged: true", "privileged")]
    [InlineData("runAsUser: 0", "runAsUser: 65532", "not effective")]
    [InlineData("                - NET_BIND_SERVICE", "                - SYS_ADMIN", "capabilities")]
    [InlineData("type: RuntimeDefault", "type: Unconfined", "seccompProfile")]
    [InlineData("memory: 128Mi", "memory: 1Gi", "resources")]
    [InlineData("            limits:\n              memory: 128Mi\n", "", "limits: missing")]
    [InlineData("port: 8181", "port: 8282", "the Corefile has no")]
    [InlineData("                - ready", "                - status", "does not ask this process")]
    [InlineData("host: 169.254.20.10", "host: 10.96.0.10", "asks 10.96.0.10")]
    [InlineData("              mountPath: /run/xtables.lock", "              mountPath: /run/xtables", "nothing is mounted at /run/xtables.lock")]
    [InlineData("        - name: tun\n          hostPath:", "        - name: tap\n          hostPath:", "mount tun has no volume")]
    [InlineData("maxSurge: 1", "maxSurge: 0", "update")]
    [InlineData("        - operator: Exists", "        - operator: Exists\n          effect: NoSchedule", "no such field")]
    [InlineData("priorityClassName: system-node-critical", "priorityClassName: default", "not on every node")]
    [InlineData("      k8s-app: node-local-dns\n  # The new pod", "      k8s-app: nodedns\n  # The new pod", "selector")]
    [InlineData("            - -upstreamsvc", "            - -upstreamservice", "unknown flag")]
    [InlineData("            - kube-dns-upstream", "            - kube-dns", "no Service kube-dns")]
    [InlineData("  namespace: kube-system", "  namespace: default", "not in kube-system")]
    [InlineData("    app.kubernetes.io/part-of: cluster-dns", "    team: dns", "no label")]
    [InlineData("terminationGracePeriodSeconds: 15", "terminationGracePeriodSeconds: 5", "terminationGracePeriodSeconds")]
    [InlineData("dnsPolicy: Default", "dnsPolicy: ClusterFirst", "dnsPolicy")]
    public void Problems_OneLineChanged_NameIt(string line, string changed, string expected)
    {
        List<string> problems = ManifestRules.Problems(Manifests.Parse(s_text.Replace(line, changed, StringComparison.Ordinal)));

        Assert.Contains(problems, problem => problem.Contains(expected, StringComparison.Ordinal));
    }
}
