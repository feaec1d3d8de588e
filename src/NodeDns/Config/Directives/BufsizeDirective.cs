using NodeDns.Config.Values;

namespace NodeDns.Config.Directives;

/// <summary>bufsize [SIZE]</summary>
internal static class BufsizeDirective
{
    private const int Default = 1232;
    private const int Min = 512;
    private const int Max = 4096;

    public static void Read(DirectiveScope scope)
    {
        scope.TakesNoBlock();
        if (!scope.TakesAtMost(1))
        {
            return;
        }

        int size = Default;
        if (scope.Arguments is [var argument] && !AddressText.TryParseNumber(argument.Text, Min, Max, out size))
        {
            scope.Error(argument, $"expected a size in octets ({Min} to {Max}), found {Shown.Text(argument.Text)}");
            return;
        }

        scope.Block = scope.Block with { Bufsize = size };
    }
}
