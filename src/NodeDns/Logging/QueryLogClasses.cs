using System;

namespace NodeDns.Logging;

/// <summary>Kinds of answers that a log directive can ask for.</summary>
[Flags]
internal enum QueryLogClasses : byte
{
    None = 0,

    /// <summary>NOERROR with an answer.</summary>
    Success = 1,

    /// <summary>NXDOMAIN, or NOERROR without an answer.</summary>
    Denial = 2,

    /// <summary>Every other response code.</summary>
    Error = 4,

    All = Success | Denial | Error,
}
