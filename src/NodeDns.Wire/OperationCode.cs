namespace NodeDns.Wire;

/// <summary>What a message wants; only queries are served, the rest is answered NOTIMP and never forwarded.</summary>
public enum OperationCode : byte
{
    Query = 0,
    InverseQuery = 1,
    Status = 2,
    Notify = 4,
    Update = 5,
    StatefulOperations = 6,
}
