using System.Net;
using NodeDns.Dnstap;

namespace NodeDns.Config;

/// <summary>dnstap: every message of the block is told to a collector.</summary>
/// <param name="Text">The collector as it was written.</param>
/// <param name="EndPoint">A Unix socket, or a host with its port.</param>
/// <param name="Tls">Null: in the clear.</param>
/// <param name="IsFull">With the DNS messages themselves.</param>
/// <param name="QueueFactor">How many times the usual queue.</param>
/// <param name="Identity">Null: the name of this machine.</param>
/// <param name="Version">Null: the program's name and version.</param>
internal sealed record DnstapConfig(
    string Text, EndPoint EndPoint, DnstapTls? Tls, bool IsFull, int QueueFactor, string? Identity, string? Version, string Extra);
