using System.Collections.Immutable;
using System.Net;

namespace NodeDns.Config;

/// <summary>One line of an acl block; an empty list of types or networks matches all.</summary>
internal sealed record AclRuleConfig(AclAction Action, ImmutableArray<ushort> Types, ImmutableArray<IPNetwork> Networks);
