namespace NodeDns.Wire;

/// <summary>The three sections of records, in the order of the wire.</summary>
public enum MessageSection : byte
{
    Answer,
    Authority,
    Additional,
}
