namespace NodeDns.Linux.Netfilter;

/// <summary>How a run of iptables ended.</summary>
public enum IptablesOutcome
{
    Done,

    /// <summary>Exit code 1: for -C, the rule is not there.</summary>
    Refused,

    /// <summary>Somebody else held the xtables lock all the time.</summary>
    Locked,

    /// <summary>The program is not installed, or could not be started.</summary>
    Missing,

    /// <summary>No end in time.</summary>
    Late,

    /// <summary>Any other error.</summary>
    Failed,
}
