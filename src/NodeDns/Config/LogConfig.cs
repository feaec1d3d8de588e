using System.Collections.Immutable;

namespace NodeDns.Config;

/// <summary>log: one line for each question in the zones whose answer is of one of the classes.</summary>
/// <param name="Format">The line with its {placeholders}; {common} and {combined} are already written out.</param>
internal sealed record LogConfig(ImmutableArray<string> Zones, string Format, LogClasses Classes)
{
    public const string CommonFormat =
        "{remote}:{port} - {>id} \"{type} {class} {name} {proto} {size} {>do} {>bufsize}\" {rcode} {>rflags} {rsize} {duration}";

    public const string CombinedFormat = CommonFormat + " \"{>opcode}\"";
}
