using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading.Tasks;
using NodeDns.Config.Values;
using NodeDns.Pipeline;
using NodeDns.Timing;
using NodeDns.Upstreams;
using NodeDns.Wire;

namespace NodeDns.Hosting;

/// <summary>What operators ask a running server by its control socket: why, what is cached, who is asked, how much.</summary>
internal sealed class OperatorCommands(
    PipelineContext shared, ExplainedQueries queries, UpstreamRegistry upstreams, Func<ServingPlan?> plan)
{
    private static readonly IReadOnlyDictionary<IPEndPoint, ZoneTable> s_nothing = new Dictionary<IPEndPoint, ZoneTable>();

    private Clock Clock => shared.Clock;

    public void Register(ControlServer control, NodeStage node)
    {
        CacheControl cache = new(shared.Cache, Clock, ZoneOf);
        control.RegisterTask("query", Query);
        control.RegisterLines("cache list", cache.List);
        control.RegisterLines("cache get", cache.Get);
        control.RegisterLines("cache dump", cache.Dump);
        control.Register("cache flush", cache.Flush);
        control.Register("cache flush-zone", cache.FlushZone);
        control.RegisterLines("upstreams", _ => UpstreamsText.Lines(upstreams.All, Clock.NowMilliseconds));
        control.RegisterLines("selftest begin", _ => new SelfTestPlan(shared).Begin(
            plan()?.Listeners ?? s_nothing, UpstreamsOf(plan()), node.Interception, node.Missing));
    }

    private async Task<IEnumerable<string>> Query(string[] words)
    {
        ushort type = (ushort)RecordType.A;
        byte[] wire = new byte[WireLimits.MaxNameLength];
        if (words.Length is < 1 or > 2 || !DomainName.TryParse(words[0], wire, out int length)
            || (words.Length == 2 && !ProtocolNames.TryGetType(words[1], out type)))
        {
            return [ControlServer.ErrorPrefix + "expected query NAME [TYPE]"];
        }

        return await new QueryExplanation(shared, queries).Ask(plan()?.Listeners ?? s_nothing, wire[..length], (RecordType)type);
    }

    /// <summary>Those of the config in force; a former config's may be down for good reason.</summary>
    private static IEnumerable<UpstreamState> UpstreamsOf(ServingPlan? plan) => plan is null
        ? []
        : plan.Zones.SelectMany(zone => zone.Forwarding).SelectMany(forward => forward.Upstreams).Distinct();

    private string ZoneOf(ushort space) =>
        plan()?.Zones.FirstOrDefault(zone => zone.Space == space)?.Text ?? "of an earlier config";
}
