using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace NodeDns.Tests.Deploy;

/// <summary>The fields of each kind that the manifests use, with their types: a field that is not here is a misspelt one.</summary>
internal sealed partial class ManifestSchema
{
    /// <summary>Path and type; "!" marks what must be there when its parent is. A map is free, text to text.</summary>
    private const string Metadata = """
        apiVersion! text
        kind! text
        metadata!.name! text
        metadata!.namespace! text
        metadata!.labels! map
        metadata!.annotations map
        """;

    private const string Request = """
        httpGet!.host text
        httpGet!.path! text
        httpGet!.port! number
        """;

    private const string Command = """
        exec!.command![] text
        """;

    private const string Times = """
        periodSeconds! number
        timeoutSeconds! number
        failureThreshold! number
        """;

    private static readonly Dictionary<string, string> s_kinds = new()
    {
        ["v1 ServiceAccount"] = """
            automountServiceAccountToken! flag
            """,
        ["v1 Service"] = """
            spec!.clusterIP text
            spec!.ipFamilyPolicy text
            spec!.selector! map
            spec!.ports![].name! text
            spec!.ports![].port! number
            spec!.ports![].protocol! text
            spec!.ports![].targetPort! number
            """,
        ["v1 ConfigMap"] = """
            data! map
            """,
        ["apps/v1 DaemonSet"] = $$"""
            spec!.selector!.matchLabels! map
            spec!.minReadySeconds number
            spec!.updateStrategy!.type! text
            spec!.updateStrategy!.rollingUpdate!.maxSurge! number
            spec!.updateStrategy!.rollingUpdate!.maxUnavailable! number
            spec!.template!.metadata!.labels! map
            spec!.template!.metadata!.annotations map
            spec!.template!.spec!.serviceAccountName! text
            spec!.template!.spec!.automountServiceAccountToken! flag
            spec!.template!.spec!.enableServiceLinks! flag
            spec!.template!.spec!.priorityClassName! text
            spec!.template!.spec!.hostNetwork! flag
            spec!.template!.spec!.dnsPolicy! text
            spec!.template!.spec!.nodeSelector map
            spec!.template!.spec!.tolerations![].operator! text
            spec!.template!.spec!.terminationGracePeriodSeconds! number
            spec!.template!.spec!.securityContext!.seccompProfile!.type! text
            spec!.template!.spec!.containers![].name! text
            spec!.template!.spec!.containers![].image! text
            spec!.template!.spec!.containers![].imagePullPolicy! text
            spec!.template!.spec!.containers![].args![] text
            spec!.template!.spec!.containers![].ports[].containerPort! number
            spec!.template!.spec!.containers![].ports[].name! text
            spec!.template!.spec!.containers![].ports[].protocol! text
            spec!.template!.spec!.containers![].securityContext!.runAsUser! number
            spec!.template!.spec!.containers![].securityContext!.privileged! flag
            spec!.template!.spec!.containers![].securityContext!.allowPrivilegeEscalation! flag
            spec!.template!.spec!.containers![].securityContext!.readOnlyRootFilesystem! flag
            spec!.template!.spec!.containers![].securityContext!.capabilities!.drop![] text
            spec!.template!.spec!.containers![].securityContext!.capabilities!.add![] text
            spec!.template!.spec!.containers![].resources!.requests!.cpu! text
            spec!.template!.spec!.containers![].resources!.requests!.memory! text
            spec!.template!.spec!.containers![].resources!.limits!.memory! text
            {{UnderContainer("startupProbe", Command)}}
            {{UnderContainer("readinessProbe", Request)}}
            {{UnderContainer("livenessProbe", Request)}}
            spec!.template!.spec!.containers![].volumeMounts![].name! text
            spec!.template!.spec!.containers![].volumeMounts![].mountPath! text
            spec!.template!.spec!.containers![].volumeMounts![].readOnly flag
            spec!.template!.spec!.volumes![].name! text
            spec!.template!.spec!.volumes![].hostPath.path! text
            spec!.template!.spec!.volumes![].hostPath.type! text
            spec!.template!.spec!.volumes![].emptyDir.medium! text
            spec!.template!.spec!.volumes![].emptyDir.sizeLimit! text
            spec!.template!.spec!.volumes![].configMap.name! text
            spec!.template!.spec!.volumes![].configMap.optional flag
            spec!.template!.spec!.volumes![].configMap.items[].key! text
            spec!.template!.spec!.volumes![].configMap.items[].path! text
            """,
        ["cilium.io/v2 CiliumLocalRedirectPolicy"] = """
            spec!.redirectFrontend!.serviceMatcher!.serviceName! text
            spec!.redirectFrontend!.serviceMatcher!.namespace! text
            spec!.redirectBackend!.localEndpointSelector!.matchLabels! map
            spec!.redirectBackend!.toPorts![].port! text
            spec!.redirectBackend!.toPorts![].name! text
            spec!.redirectBackend!.toPorts![].protocol! text
            """,
    };

    private readonly Dictionary<string, ManifestSchema> _fields = [];
    private bool _isRequired;
    private bool _isList;
    private string? _type;

    private static string UnderContainer(string probe, string fields) =>
        string.Join('\n', Array.ConvertAll($"{fields}\n{Times}".Split('\n'), line => $"spec!.template!.spec!.containers![].{probe}!.{line}"));

    /// <summary>What is wrong with the shape of one object, with the path to it.</summary>
    public static List<string> Problems(JsonObject document)
    {
        string kind = $"{document["apiVersion"]} {document["kind"]}";
        if (!s_kinds.TryGetValue(kind, out string? fields))
        {
            return [$"{kind}: not a kind the manifests use"];
        }

        ManifestSchema schema = new();
        foreach (string line in $"{Metadata}\n{fields}".Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ');
            schema.Add(words[0].Split('.'), words[1]);
        }

        List<string> problems = [];
        schema.Check(document, $"{document["kind"]} {document["metadata"]?["name"]}: ", problems);
        return problems;
    }

    private void Add(ReadOnlySpan<string> path, string type)
    {
        if (path.IsEmpty)
        {
            _type = type;
            return;
        }

        Match field = FieldPattern().Match(path[0]);
        string name = field.Groups["name"].Value;
        if (!_fields.TryGetValue(name, out ManifestSchema? inner))
        {
            _fields[name] = inner = new ManifestSchema();
        }

        inner._isRequired |= field.Groups["required"].Success;
        inner._isList |= field.Groups["list"].Success;
        inner.Add(path[1..], type);
    }

    private void Check(JsonNode? node, string path, List<string> problems)
    {
        if (_isList && node is JsonArray { Count: > 0 } items)
        {
            for (int i = 0; i < items.Count; i++)
            {
                CheckOne(items[i], $"{path}[{i}]", problems);
            }
        }
        else if (_isList)
        {
            problems.Add($"{path}: expected a list that is not empty");
        }
        else
        {
            CheckOne(node, path, problems);
        }
    }

    private void CheckOne(JsonNode? node, string path, List<string> problems)
    {
        if (_type is not null)
        {
            if (!IsOfType(node))
            {
                problems.Add($"{path}: expected {_type}, found {node?.ToJsonString() ?? "nothing"}");
            }

            return;
        }

        if (node is not JsonObject mapping)
        {
            problems.Add($"{path}: expected fields");
            return;
        }

        foreach ((string name, JsonNode? value) in mapping)
        {
            if (_fields.TryGetValue(name, out ManifestSchema? field))
            {
                field.Check(value, $"{path}.{name}", problems);
            }
            else
            {
                problems.Add($"{path}.{name}: no such field");
            }
        }

        foreach ((string name, ManifestSchema field) in _fields)
        {
            if (field._isRequired && !mapping.ContainsKey(name))
            {
                problems.Add($"{path}.{name}: missing");
            }
        }
    }

    private bool IsOfType(JsonNode? node) => _type switch
    {
        "map" => node is JsonObject map && map.Count > 0 && new List<JsonNode?>(Values(map)).TrueForAll(IsText),
        "text" => IsText(node),
        "number" => node?.GetValueKind() == JsonValueKind.Number,
        "flag" => node?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        _ => throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"no type {_type}")),
    };

    private static bool IsText(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String;

    private static IEnumerable<JsonNode?> Values(JsonObject map)
    {
        foreach ((_, JsonNode? value) in map)
        {
            yield return value;
        }
    }

    [GeneratedRegex(@"^(?<name>\w+)(?<required>!)?(?<list>\[\])?$")]
    private static partial Regex FieldPattern();
}
