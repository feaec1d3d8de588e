using System;

namespace NodeDns.Config;

/// <summary>Which answers log writes down.</summary>
[Flags]
internal enum LogClasses : byte
{
    Success = 1,
    Denial = 2,
    Error = 4,
    All = Success | Denial | Error,
}
