using System;
using System.Collections.Immutable;
using System.Net;

namespace NodeDns.Config;

/// <summary>loadbalance: the order of address records in an answer.</summary>
/// <param name="WeightFile">Null: round robin; else the file with the weights.</param>
/// <param name="Prefer">Addresses inside these networks go first, in this order of networks.</param>
internal sealed record LoadBalanceConfig(string? WeightFile, TimeSpan WeightReload, ImmutableArray<IPNetwork> Prefer);
