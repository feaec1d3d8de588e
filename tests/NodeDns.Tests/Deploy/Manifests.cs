using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using NodeDns.TestKit;

namespace NodeDns.Tests.Deploy;

/// <summary>A set of Kubernetes objects as they would be applied, and the parts of it that the tests look at.</summary>
internal sealed class Manifests
{
    public const string PlainFile = "deploy/kubernetes/node-local-dns.yaml";

    private Manifests(List<JsonObject> objects) => Objects = objects;

    public List<JsonObject> Objects { get; }

    public IEnumerable<string> Names => Objects.Select(one => $"{one["kind"]}/{one["metadata"]!["name"]}").Order(StringComparer.Ordinal);

    public JsonNode DaemonSet => Object("DaemonSet/node-local-dns");

    public JsonNode Pod => DaemonSet["spec"]!["template"]!["spec"]!;

    public JsonNode Container => Pod["containers"]!.AsArray().Single()!;

    public string[] Arguments => Texts(Container["args"]);

    public string Corefile => (string)Object("ConfigMap/node-local-dns")["data"]![nameof(Corefile)]!;

    public bool IsOnTheHostNetwork => (bool)Pod["hostNetwork"]!;

    public JsonObject Object(string name) =>
        Objects.Single(one => $"{one["kind"]}/{one["metadata"]!["name"]}" == name);

    public static Manifests Parse(string text) => new(YamlReader.Read(text));

    public static Manifests Plain() => Parse(File.ReadAllText(Path.Combine(RepositoryRoot.Path, PlainFile)));

    /// <summary>What <c>kubectl kustomize</c> makes of a folder of deploy.</summary>
    public static async Task<Manifests> RenderAsync(string folder)
    {
        CommandResult result = await CommandResult.RunAsync(
            "kubectl", ["kustomize", Path.Combine(RepositoryRoot.Path, "deploy", folder)], TimeSpan.FromSeconds(60));
        return result.ExitCode == 0 ? Parse(result.Output) : throw new InvalidOperationException(result.All);
    }

    public static string[] Texts(JsonNode? list) => list is null ? [] : [.. list.AsArray().Select(item => (string)item!)];
}
