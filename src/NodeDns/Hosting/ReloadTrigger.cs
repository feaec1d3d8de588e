namespace NodeDns.Hosting;

/// <summary>Why a reload is asked for.</summary>
internal enum ReloadTrigger : byte
{
    Signal,
    FileChange,
}
