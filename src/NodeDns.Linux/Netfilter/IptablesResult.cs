namespace NodeDns.Linux.Netfilter;

/// <summary>What a run of iptables answered.</summary>
/// <param name="Text">Its output when it was done, else one line that says what is wrong.</param>
public readonly record struct IptablesResult(IptablesOutcome Outcome, string Text)
{
    public bool IsDone => Outcome == IptablesOutcome.Done;
}
