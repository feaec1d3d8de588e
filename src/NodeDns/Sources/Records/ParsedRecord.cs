using NodeDns.Wire;

namespace NodeDns.Sources.Records;

/// <summary>A record made from text: owner and RDATA in uncompressed wire form.</summary>
internal sealed record ParsedRecord(byte[] Owner, RecordType Type, RecordClass Class, uint Ttl, byte[] Data);
