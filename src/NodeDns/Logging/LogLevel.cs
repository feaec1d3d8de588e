namespace NodeDns.Logging;

/// <summary>How serious a line is; the words are CoreDNS's.</summary>
internal enum LogLevel : byte
{
    Info,
    Warning,
    Error,
}
