namespace NodeDns.Wire;

/// <summary>Record classes; any other value passes through as it is (RFC 5625 §4.3).</summary>
public enum RecordClass : ushort
{
    IN = 1,
    CH = 3,
    HS = 4,
    None = 254,
    Any = 255,
}
