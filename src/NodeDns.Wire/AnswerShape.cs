namespace NodeDns.Wire;

/// <summary>What a valid response says about the name asked; decides how it may be cached (RFC 2308 §2).</summary>
public enum AnswerShape : byte
{
    /// <summary>The answer section leads from the asked name, over CNAMEs or not, to the asked type.</summary>
    Positive,

    /// <summary>NOERROR and an empty answer section.</summary>
    NoData,

    /// <summary>
    /// NOERROR, but the answer section does not lead to the asked type: dangling, a loop, two targets, off the chain.
    /// </summary>
    CnameOnly,

    /// <summary>The asked name does not exist, for any type.</summary>
    NxDomain,

    /// <summary>
    /// NXDOMAIN with an answer section: something further along does not exist, the asked name does (RFC 6604 §3).
    /// </summary>
    NxDomainAfterCname,

    /// <summary>Any other response code.</summary>
    OtherError,
}
