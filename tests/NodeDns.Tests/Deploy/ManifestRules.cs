using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NodeDns.Cli;

namespace NodeDns.Tests.Deploy;

/// <summary>What any deployment of the cache must keep to, whichever overlay it comes from.</summary>
internal static class ManifestRules
{
    private static readonly string[] s_labels =
        ["app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component", "app.kubernetes.io/part-of"];

    /// <summary>All that is wrong, shapes first.</summary>
    public static List<string> Problems(Manifests manifests)
    {
        List<string> problems = [.. manifests.Objects.SelectMany(ManifestSchema.Problems)];
        if (problems.Count == 0)
        {
            problems.AddRange(Labels(manifests));
            problems.AddRange(Image(manifests));
            problems.AddRange(Network(manifests));
            problems.AddRange(Security(manifests));
            problems.AddRange(Resources(manifests));
            problems.AddRange(Scheduling(manifests));
            problems.AddRange(Probes(manifests));
            problems.AddRange(Volumes(manifests));
            problems.AddRange(CommandLineOf(manifests));
        }

        return problems;
    }

    private static IEnumerable<string> Labels(Manifests manifests)
    {
        foreach (JsonObject one in manifests.Objects)
        {
            JsonObject labels = one["metadata"]!["labels"]!.AsObject();
            foreach (string label in s_labels.Where(label => !labels.ContainsKey(label)))
            {
                yield return $"{one["kind"]} {one["metadata"]!["name"]}: no label {label}";
            }

            if ((string)one["metadata"]!["namespace"]! != "kube-system")
            {
                yield return $"{one["kind"]} {one["metadata"]!["name"]}: not in kube-system";
            }
        }

        // Selectors are node-cache's: another one cannot be applied over its DaemonSet.
        JsonObject selector = manifests.DaemonSet["spec"]!["selector"]!["matchLabels"]!.AsObject();
        if (selector.Count != 1 || (string?)selector["k8s-app"] != "node-local-dns")
        {
            yield return "DaemonSet: the selector is not k8s-app: node-local-dns alone";
        }

        if ((string?)manifests.DaemonSet["spec"]!["template"]!["metadata"]!["labels"]!["k8s-app"] != "node-local-dns")
        {
            yield return "DaemonSet: its selector does not find its pods";
        }
    }

    private static IEnumerable<string> Image(Manifests manifests)
    {
        string image = (string)manifests.Container["image"]!;
        if (!Regex.IsMatch(image, @"^[a-z0-9.-]+\.[a-z]+/.+$"))
        {
            yield return $"image {image}: names no registry";
        }

        if (!Regex.IsMatch(image, @":\d+\.\d+\.\d+(@sha256:[0-9a-f]{64})?$"))
        {
            yield return $"image {image}: the tag is not pinned to a version";
        }
    }

    private static IEnumerable<string> Network(Manifests manifests)
    {
        JsonNode update = manifests.DaemonSet["spec"]!["updateStrategy"]!;
        if (manifests.IsOnTheHostNetwork && manifests.Container["ports"] is not null)
        {
            yield return "ports on the host network keep a second pod off the node";
        }

        if ((string)update["type"]! != "RollingUpdate" || (int)update["rollingUpdate"]!["maxSurge"]! != 1
            || (int)update["rollingUpdate"]!["maxUnavailable"]! != 0)
        {
            yield return "update: not one more pod and none less";
        }

        if ((string)manifests.Pod["dnsPolicy"]! != "Default" || !(bool)manifests.Pod["enableServiceLinks"]!)
        {
            yield return "pod: dnsPolicy Default and enableServiceLinks are needed to find the upstreams";
        }
    }

    private static IEnumerable<string> Security(Manifests manifests)
    {
        JsonNode security = manifests.Container["securityContext"]!;
        string[] added = Manifests.Texts(security["capabilities"]!["add"]);
        string[] needed = manifests.IsOnTheHostNetwork ? ["NET_ADMIN", "NET_BIND_SERVICE"] : ["NET_BIND_SERVICE"];
        if (!Manifests.Texts(security["capabilities"]!["drop"]).SequenceEqual(["ALL"]) || !added.SequenceEqual(needed))
        {
            yield return $"capabilities: expected only {string.Join(", ", needed)}";
        }

        if ((bool)security["privileged"]! || (bool)security["allowPrivilegeEscalation"]! || !(bool)security["readOnlyRootFilesystem"]!)
        {
            yield return "securityContext: privileged, may escalate, or may write to its image";
        }

        if ((int)security["runAsUser"]! != 0)
        {
            yield return "runAsUser: capabilities are not effective for another user than 0";
        }

        if ((string)manifests.Pod["securityContext"]!["seccompProfile"]!["type"]! != "RuntimeDefault")
        {
            yield return "seccompProfile: not RuntimeDefault";
        }

        if ((bool)manifests.Pod["automountServiceAccountToken"]!)
        {
            yield return "pod: has a token of the API server that it never uses";
        }
    }

    private static IEnumerable<string> Resources(Manifests manifests)
    {
        JsonNode resources = manifests.Container["resources"]!;
        string found = $"{resources["requests"]!["cpu"]} {resources["requests"]!["memory"]} {resources["limits"]!["memory"]}";
        return found == "25m 64Mi 128Mi" ? [] : [$"resources: expected 25m 64Mi 128Mi, found {found}"];
    }

    private static IEnumerable<string> Scheduling(Manifests manifests)
    {
        JsonArray tolerations = manifests.Pod["tolerations"]!.AsArray();
        if ((string)manifests.Pod["priorityClassName"]! != "system-node-critical"
            || tolerations.Count != 1 || tolerations[0]!.AsObject().Count != 1 || (string)tolerations[0]!["operator"]! != "Exists")
        {
            yield return "pod: not on every node";
        }

        if ((int)manifests.Pod["terminationGracePeriodSeconds"]! is < 6 or > 30)
        {
            yield return "terminationGracePeriodSeconds: a stop takes up to 5 s, and nobody waits longer than 30";
        }
    }

    private static IEnumerable<string> Probes(Manifests manifests)
    {
        // On the node's address an older pod may still answer; the control socket is in a volume of this pod.
        string[] asked = [.. manifests.Container["startupProbe"]!["exec"]!["command"]!.AsArray().Select(word => (string)word!)];
        if (asked[0] != "/usr/bin/nodedns" || CommandLine.Parse(asked.AsSpan(1)) is not { Command: CliCommand.Net, Operands: ["ready"], Error: null })
        {
            yield return $"startupProbe: {string.Join(' ', asked)} does not ask this process";
        }

        foreach ((string name, string path) in new[] { ("readinessProbe", "/ready"), ("livenessProbe", "/health") })
        {
            JsonNode request = manifests.Container[name]!["httpGet"]!;
            string directive = $"{path[1..]} {(manifests.IsOnTheHostNetwork ? "__PILLAR__LOCAL__DNS__" : "")}:{request["port"]}";
            if ((string)request["path"]! != path || !manifests.Corefile.Contains(directive, StringComparison.Ordinal))
            {
                yield return $"{name}: the Corefile has no \"{directive}\" that answers {request["path"]}";
            }

            // Where the addresses are on the node, the endpoints are on the first of them and not on the pod's.
            string? host = manifests.IsOnTheHostNetwork ? LocalAddresses(manifests)[0] : null;
            if ((string?)request["host"] != host)
            {
                yield return $"{name}: asks {request["host"]}, not {host ?? "the pod"}";
            }
        }
    }

    private static IEnumerable<string> Volumes(Manifests manifests)
    {
        string[] volumes = [.. manifests.Pod["volumes"]!.AsArray().Select(volume => (string)volume!["name"]!)];
        JsonArray mounts = manifests.Container["volumeMounts"]!.AsArray();
        string[] mounted = [.. mounts.Select(mount => (string)mount!["name"]!)];
        foreach (string name in volumes.Except(mounted))
        {
            yield return $"volume {name} is mounted nowhere";
        }

        foreach (string name in mounted.Except(volumes))
        {
            yield return $"mount {name} has no volume";
        }

        string[] paths = [.. mounts.Select(mount => (string)mount!["mountPath"]!)];
        string[] needed = manifests.IsOnTheHostNetwork
            ? ["/etc/coredns", "/etc/kube-dns", "/run/nodedns", "/run/xtables.lock", "/dev/net/tun"]
            : ["/etc/coredns", "/etc/kube-dns", "/run/nodedns"];
        foreach (string path in needed.Except(paths))
        {
            yield return $"nothing is mounted at {path}";
        }

        foreach (string path in paths.Except(needed))
        {
            yield return $"{path} is mounted without need";
        }
    }

    private static IEnumerable<string> CommandLineOf(Manifests manifests)
    {
        CommandLine line = CommandLine.Parse(manifests.Arguments);
        if (line.Error is not null || line.Command != CliCommand.Serve)
        {
            yield return $"args: {line.Error ?? line.Command.ToString()}";
        }

        if (!manifests.Names.Contains($"Service/{line.Options.UpstreamService}"))
        {
            yield return $"args: there is no Service {line.Options.UpstreamService}";
        }

        if (manifests.IsOnTheHostNetwork == line.Options.LocalAddresses.IsEmpty)
        {
            yield return "args: -localip is for the host network, and needed there";
        }
    }

    private static string[] LocalAddresses(Manifests manifests) =>
        [.. CommandLine.Parse(manifests.Arguments).Options.LocalAddresses.Select(address => address.ToString())];
}
