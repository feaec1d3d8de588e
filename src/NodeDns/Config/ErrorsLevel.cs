namespace NodeDns.Config;

/// <summary>At which level consolidated errors are logged.</summary>
internal enum ErrorsLevel : byte
{
    Error,
    Warning,
    Info,
    Debug,
}
