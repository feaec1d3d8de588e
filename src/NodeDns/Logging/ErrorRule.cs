using System;
using System.Text.RegularExpressions;

namespace NodeDns.Logging;

/// <summary>Errors that are counted and said once per period.</summary>
/// <param name="Text">The pattern as the operator wrote it.</param>
/// <param name="Level">Null: counted and never shown (CoreDNS's debug level without the debug directive).</param>
/// <param name="ShowFirst">The first error of a period is also shown at once.</param>
internal sealed record ErrorRule(Regex Pattern, string Text, TimeSpan Period, LogLevel? Level, bool ShowFirst);
