using System.Collections.Immutable;

namespace NodeDns.Config.Directives;

/// <summary>deny NAMES...</summary>
internal static class DenyDirective
{
    public static void Read(DirectiveScope scope)
    {
        scope.TakesNoBlock();
        if (scope.Arguments.IsEmpty)
        {
            scope.Error("expected at least one name, for example \"deny emrsn.org\"");
        }

        ImmutableArray<string> names = scope.Names(scope.Arguments);
        scope.Block = scope.Block with { Denies = scope.Block.Denies.Add(new DenyConfig(names)) };
    }
}
