using System;
using NodeDns.Config;

namespace NodeDns.Upstreams.Streams;

/// <summary>What is asked of an upstream over HTTPS, and how.</summary>
/// <param name="Address">The resource that takes queries.</param>
internal sealed record HttpsRules(Uri Address, DohMethod Method);
