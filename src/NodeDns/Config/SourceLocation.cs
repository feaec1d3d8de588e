namespace NodeDns.Config;

/// <summary>Where something was written: file, line and column, the latter two counted from 1.</summary>
internal readonly record struct SourceLocation(string File, int Line, int Column)
{
    public override string ToString() => $"{File}:{Line}:{Column}";
}
