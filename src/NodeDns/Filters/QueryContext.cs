using System;
using NodeDns.Linux.Sockets;
using NodeDns.Wire;

namespace NodeDns.Filters;

/// <summary>A question with what is known about it, borrowed for one call: what filters, sources and rewrites read.</summary>
/// <remarks>
/// Name, type and class are the ones in force, after rewriting; <see cref="Query"/> is the message as the client sent
/// it. Fields, not properties: a property would copy the view at every use.
/// </remarks>
internal readonly ref struct QueryContext
{
    public readonly QueryView Query;

    /// <summary>The name in wire form, lower case.</summary>
    public readonly ReadOnlySpan<byte> Name;

    public readonly RecordType Type;

    public readonly RecordClass Class;

    public readonly PeerAddress Client;

    public readonly bool IsTcp;

    /// <summary>The zone of the server block that matched, in wire form, lower case.</summary>
    public readonly ReadOnlySpan<byte> Zone;

    /// <summary>Milliseconds of the program's clock.</summary>
    public readonly long Now;

    public QueryContext(
        scoped in QueryView query,
        ReadOnlySpan<byte> name,
        RecordType type,
        RecordClass @class,
        scoped in PeerAddress client,
        bool isTcp,
        ReadOnlySpan<byte> zone,
        long now)
    {
        Query = query;
        Name = name;
        Type = type;
        Class = @class;
        Client = client;
        IsTcp = isTcp;
        Zone = zone;
        Now = now;
    }

    /// <summary>The name to put into an answer: in the client's own case, unless it was rewritten.</summary>
    public ReadOnlySpan<byte> QuestionName => DomainName.EqualsIgnoreCase(Query.Name, Name) ? Query.Name : Name;
}
