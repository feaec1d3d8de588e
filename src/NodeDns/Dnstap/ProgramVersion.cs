namespace NodeDns.Dnstap;

/// <summary>What the program calls itself.</summary>
internal static class ProgramVersion
{
    public static string Number { get; } = typeof(ProgramVersion).Assembly.GetName().Version!.ToString(fieldCount: 3);

    /// <summary>"NodeDns-0.1.0", as CoreDNS writes its own.</summary>
    public static string Text { get; } = $"NodeDns-{Number}";
}
