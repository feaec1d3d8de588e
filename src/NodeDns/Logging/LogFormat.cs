namespace NodeDns.Logging;

/// <summary>What a log line looks like.</summary>
internal enum LogFormat : byte
{
    /// <summary>Text on a terminal, JSON where a program reads.</summary>
    Auto,

    /// <summary><c>[INFO] text</c>, as CoreDNS has it.</summary>
    Text,

    /// <summary>One object for each line.</summary>
    Json,
}
