using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using NodeDns.Config.Syntax;
using NodeDns.Config.Values;

namespace NodeDns.Config.Directives;

/// <summary>Every directive that has an effect, in the order in which CoreDNS lets a question pass them.</summary>
/// <remarks>The order in the Corefile means nothing, as in CoreDNS; only lines of one directive keep theirs.</remarks>
internal static class DirectiveTable
{
    public static ImmutableArray<DirectiveEntry> Entries { get; } =
    [
        new("timeouts", TimeoutsDirective.Read),
        new("reload", ReloadDirective.Read),
        new("bufsize", BufsizeDirective.Read),
        new("bind", BindDirective.Read),
        new("ready", ReadyDirective.Read, Once: true),
        new("health", HealthDirective.Read),
        new("prometheus", PrometheusDirective.Read, Once: true),
        new("probe", ProbeDirective.Read),
        new("errors", ErrorsDirective.Read, Once: true),
        new("log", LogDirective.Read),
        new("dnstap", DnstapDirective.Read),
        new("dns64", Dns64Directive.Read),
        new("any", FlagDirectives.ReadAny),
        new("loadbalance", LoadBalanceDirective.Read),
        new("rewrite", RewriteDirective.Read),
        new("acl", AclDirective.Read),
        new("deny", DenyDirective.Read),
        new("ndots_filter", NdotsFilterDirective.Read),
        new("cache", CacheDirective.Read, Once: true),
        new("header", HeaderDirective.Read),
        new("minimal", FlagDirectives.ReadMinimal),
        new("template", TemplateDirective.Read),
        new("hosts", HostsDirective.Read, Once: true),
        new("loop", FlagDirectives.ReadLoop, Once: true),
        new("forward", ForwardDirective.Read),
        new("whoami", FlagDirectives.ReadWhoami),
    ];

    /// <summary>Accepted, so that a Corefile need not be edited, and without effect.</summary>
    public static ImmutableArray<string> WithoutEffect { get; } = ["debug", "pprof", "trace", "multisocket", "cancel"];

    private static readonly Dictionary<string, DirectiveEntry> s_byName = Entries.ToDictionary(e => e.Name);

    public static void Read(BlockScope block, DirectiveSyntax directive)
    {
        var scope = new DirectiveScope(block, directive);
        string name = directive.Name.Text;
        if (s_byName.TryGetValue(name, out DirectiveEntry? entry))
        {
            if (!entry.Once || GivenOnce(block, scope))
            {
                entry.Read(scope);
            }
        }
        else if (WithoutEffect.Contains(name))
        {
            scope.Warn(directive.Name, "is accepted and has no effect");
        }
        else if (RefusedDirectives.TryGetReason(name, out string reason))
        {
            scope.Error($"is not supported: {reason}");
        }
        else
        {
            block.Errors.Add(directive.Name.Location, null, $"unknown directive {Shown.Text(name)}{(block.Errors.IsFull ? "" : Hint(name))}");
        }
    }

    private static bool GivenOnce(BlockScope block, DirectiveScope scope)
    {
        if (block.Given.TryAdd(scope.Name.Text, scope.Name.Location))
        {
            return true;
        }

        scope.Error($"may be given once in a server block; the first is at line {block.Given[scope.Name.Text].Line}");
        return false;
    }

    private static string Hint(string name)
    {
        string? owner = OptionOwner(name);
        return owner is null
            ? Suggestion.For(name, Entries.Select(e => e.Name).Concat(WithoutEffect).Concat(RefusedDirectives.Names))
            : $"; {name} is an option inside the block of {owner}: is a {{ missing?";
    }

    private static string? OptionOwner(string name) => name switch
    {
        "fallthrough" => "hosts or template",
        "ttl" or "no_reverse" => "hosts",
        "match" or "answer" or "authority" or "rcode" => "template",
        "success" or "denial" or "prefetch" or "serve_stale" or "servfail" => "cache",
        "policy" or "health_check" or "max_fails" or "force_tcp" or "prefer_udp" or "except" => "forward",
        "lameduck" => "health",
        "class" => "log",
        _ => null,
    };
}
