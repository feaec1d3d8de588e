namespace NodeDns.Config.Directives;

/// <summary>The directives that are only a word: any, loop, minimal, whoami.</summary>
internal static class FlagDirectives
{
    public static void ReadAny(DirectiveScope scope)
    {
        scope.TakesNothing();
        scope.Block = scope.Block with { Any = true };
    }

    public static void ReadLoop(DirectiveScope scope)
    {
        scope.TakesNothing();
        scope.Block = scope.Block with { Loop = true };
    }

    public static void ReadMinimal(DirectiveScope scope)
    {
        scope.TakesNothing();
        scope.Block = scope.Block with { Minimal = true };
    }

    public static void ReadWhoami(DirectiveScope scope)
    {
        scope.TakesNothing();
        scope.Block = scope.Block with { Whoami = true };
    }
}
