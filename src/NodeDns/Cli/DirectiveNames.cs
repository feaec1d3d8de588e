using System.Collections.Immutable;

namespace NodeDns.Cli;

/// <summary>The directives that do something, for -plugins.</summary>
internal static class DirectiveNames
{
    public static ImmutableArray<string> Supported { get; } =
    [
        "acl", "any", "bind", "bufsize", "cache", "deny", "dns64", "errors", "forward", "header", "health", "hosts",
        "import", "loadbalance", "log", "loop", "minimal", "ndots_filter", "prometheus", "ready", "reload", "rewrite",
        "template", "timeouts", "whoami",
    ];
}
