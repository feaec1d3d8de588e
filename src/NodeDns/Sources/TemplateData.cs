using System;
using System.Collections.Generic;
using System.Globalization;
using NodeDns.Filters;
using NodeDns.Sources.Records;
using NodeDns.Templates;
using NodeDns.Templates.Expressions;
using NodeDns.Wire;

namespace NodeDns.Sources;

/// <summary>What a template of the Corefile sees of a question: CoreDNS's .Zone, .Name, .Group and the rest.</summary>
/// <remarks>Made for one match; it copies what it needs, so it may outlive the packet.</remarks>
internal sealed class TemplateData : ITemplateObject, IExpressionScope
{
    private readonly HeaderFlags _flags;
    private readonly ushort _id;
    private readonly string _originalName;
    private readonly ushort _type;
    private readonly ushort _class;
    private readonly bool _hasEdns;
    private readonly bool _dnssecOk;
    private readonly int _bufferSize;
    private readonly bool _isTcp;
    private readonly Dictionary<string, object?> _variables = new(StringComparer.Ordinal);

    public TemplateData(in QueryContext query, string name, string zone, GoRegex regex, string[] match)
    {
        Name = name;
        Zone = zone;
        Match = match;
        _flags = query.Query.Flags;
        _id = query.Query.Id;
        _originalName = DomainName.ToText(query.QuestionName);
        _type = (ushort)query.Type;
        _class = (ushort)query.Class;
        _hasEdns = query.Query.HasEdns;
        _dnssecOk = query.Query.DnssecOk;
        _bufferSize = query.Query.UdpPayloadSize;
        Remote = query.Client.ToIPAddress().ToString();
        RemotePort = query.Client.Port;
        _isTcp = query.IsTcp;
        Dictionary<string, string> groups = new(StringComparer.Ordinal);
        for (int i = 0; i < match.Length; i++)
        {
            groups[i.ToString(CultureInfo.InvariantCulture)] = match[i];
        }

        for (int i = 1; i < match.Length; i++)
        {
            if (regex.GroupNames[i].Length > 0)
            {
                groups[regex.GroupNames[i]] = match[i];
            }
        }

        Group = groups;
    }

    public string Name { get; }

    public string Zone { get; }

    public string[] Match { get; }

    public IReadOnlyDictionary<string, string> Group { get; }

    public string Remote { get; }

    public ushort RemotePort { get; }

    public string Type => RecordNames.TypeName(_type);

    public string Class => RecordNames.ClassName(_class);

    public void SetVariable(string name, object? value) => _variables[name] = value;

    public bool TryGetMember(string name, ReadOnlySpan<object?> arguments, out object? value)
    {
        // There is no metadata on a node cache, so every name of it is empty, as in CoreDNS without its provider.
        value = name switch
        {
            "Meta" when arguments is [string] => "",
            _ when !arguments.IsEmpty => null,
            "Zone" => Zone,
            "Name" => Name,
            "Class" => Class,
            "Type" => Type,
            "Match" => Match,
            "Group" => Group,
            "Remote" => Remote,
            "Var" => new Members(_variables),
            "Question" => Question(),
            "Message" => Message(),
            _ => null,
        };
        return value is not null;
    }

    public bool TryGetVariable(string name, out object? value) => _variables.TryGetValue(name, out value);

    /// <summary>What <see cref="QuestionFunctions"/> names.</summary>
    public bool TryCall(string name, ReadOnlySpan<object?> arguments, out object? value)
    {
        object? argument = arguments is [var one] ? one : null;
        if (arguments.Length > 1 || arguments.IsEmpty != (name is not ("group" or "metadata")))
        {
            value = null;
            return false;
        }

        value = (name, argument) switch
        {
            ("group", string key) => Group.TryGetValue(key, out string? text) ? text : "",
            ("group", long number) when number >= 0 && number < Match.Length => Match[number],
            ("metadata", string) => "",
            ("name", _) => Name,
            ("zone", _) => Zone,
            ("type", _) => Type,
            ("class", _) => Class,
            ("client_ip", _) => Remote,
            ("port", _) => RemotePort.ToString(CultureInfo.InvariantCulture),
            ("proto", _) => _isTcp ? "tcp" : "udp",
            ("id", _) => (long)_id,
            ("do", _) => _dnssecOk,
            ("bufsize", _) => (long)_bufferSize,
            _ => null,
        };
        return value is not null;
    }

    private Members Question() => new(new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["Name"] = _originalName,
        ["Qtype"] = (long)_type,
        ["Qclass"] = (long)_class,
    });

    // The field names of CoreDNS's message type, for what a question carries.
    private Members Message() => new(new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["Id"] = (long)_id,
        ["Response"] = false,
        ["Opcode"] = 0L,
        ["Authoritative"] = _flags.HasFlag(HeaderFlags.Authoritative),
        ["Truncated"] = _flags.HasFlag(HeaderFlags.Truncated),
        ["RecursionDesired"] = _flags.HasFlag(HeaderFlags.RecursionDesired),
        ["RecursionAvailable"] = _flags.HasFlag(HeaderFlags.RecursionAvailable),
        ["Zero"] = _flags.HasFlag(HeaderFlags.Reserved),
        ["AuthenticatedData"] = _flags.HasFlag(HeaderFlags.AuthenticData),
        ["CheckingDisabled"] = _flags.HasFlag(HeaderFlags.CheckingDisabled),
        ["Rcode"] = 0L,
        ["Question"] = new object?[] { Question() },
        ["Answer"] = Array.Empty<object?>(),
        ["Ns"] = Array.Empty<object?>(),
        ["Extra"] = _hasEdns ? new object?[] { "OPT" } : [],
    });

    /// <summary>Named values; a name that is not there is an error, as a field of a Go struct would be.</summary>
    private sealed class Members(Dictionary<string, object?> values) : ITemplateObject
    {
        public bool TryGetMember(string name, ReadOnlySpan<object?> arguments, out object? value)
        {
            value = null;
            return arguments.IsEmpty && values.TryGetValue(name, out value);
        }
    }
}
