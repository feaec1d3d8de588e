using System;
using System.Collections.Generic;
using System.Linq;
using NodeDns.Config;
using NodeDns.Filters;
using NodeDns.Logging;
using NodeDns.Metrics;
using NodeDns.Sources;
using NodeDns.Wire;

namespace NodeDns.Pipeline;

/// <summary>Where a zone's answers come from before an upstream is asked, in CoreDNS's order: template, hosts, whoami.</summary>
internal sealed class ZoneSources
{
    private readonly TemplateSource? _templates;
    private readonly HostsSource? _hosts;
    private readonly bool _whoami;

    private ZoneSources(ServerBlockConfig block, HostsSource? hosts)
    {
        List<ConfigError> errors = [];
        _templates = block.Templates.IsEmpty ? null : TemplateSource.Compile(block.Templates, errors);
        if (errors.Count > 0)
        {
            throw new InvalidOperationException(string.Join('\n', errors.Select(error => error.ToString())));
        }

        _hosts = hosts;
        _whoami = block.Whoami;
    }

    /// <summary>The hosts table, for whoever has its file looked at from time to time.</summary>
    public HostsSource? Hosts => _hosts;

    public static ZoneSources? Compile(ServerBlockConfig block, Log log, long now) =>
        block.Templates.IsEmpty && block.Hosts is null && !block.Whoami
            ? null
            : new ZoneSources(block, block.Hosts is { } hosts ? HostsSource.Compile(hosts, log, now) : null);

    public SourceVerdict TryAnswer(in QueryContext query, ref ResponseWriter writer, out SourceResult result)
    {
        result = new SourceResult();
        SourceVerdict verdict = SourceVerdict.Pass;
        if (_templates is not null)
        {
            verdict = _templates.TryAnswer(query, ref writer, ref result);
            result.By = Answerer.Template;
        }

        if (verdict == SourceVerdict.Pass && _hosts is not null)
        {
            verdict = _hosts.TryAnswer(query, ref writer, ref result);
            result.By = Answerer.Hosts;
        }

        if (verdict == SourceVerdict.Pass && _whoami)
        {
            verdict = WhoamiSource.TryAnswer(query, ref writer, ref result);
            result.By = Answerer.Whoami;
        }

        return verdict;
    }

    /// <summary>Which source answers a query, for an operator who asks why; null when none does.</summary>
    public string? NameOfSource(in QueryContext query, byte[] scratch)
    {
        SourceResult result = new();
        ResponseWriter writer = new(scratch);
        if (_templates is not null && _templates.TryAnswer(query, ref writer, ref result) != SourceVerdict.Pass)
        {
            return "template";
        }

        writer = new ResponseWriter(scratch);
        if (_hosts is not null && _hosts.TryAnswer(query, ref writer, ref result) != SourceVerdict.Pass)
        {
            return "hosts";
        }

        writer = new ResponseWriter(scratch);
        return _whoami && WhoamiSource.TryAnswer(query, ref writer, ref result) != SourceVerdict.Pass ? "whoami" : null;
    }
}
