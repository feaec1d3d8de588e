using System.Collections.Immutable;

namespace NodeDns.Config;

/// <summary>One acl directive: the first rule that matches a question in the zones decides; none: allowed.</summary>
internal sealed record AclConfig(ImmutableArray<string> Zones, ImmutableArray<AclRuleConfig> Rules);
