namespace NodeDns.Logging;

/// <summary>What a placeholder of the log directive's format stands for.</summary>
internal enum QueryLogField : byte
{
    Literal,
    Type,
    Name,
    Class,
    Proto,
    Remote,
    Local,
    Size,
    Port,
    Duration,
    Rcode,
    ResponseSize,
    When,
    ResponseFlags,
    BufferSize,
    DnssecOk,
    Id,
    Opcode,
}
