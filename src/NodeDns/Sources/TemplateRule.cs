using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using NodeDns.Config;
using NodeDns.Filters;
using NodeDns.Sources.Records;
using NodeDns.Templates;
using NodeDns.Wire;

namespace NodeDns.Sources;

/// <summary>One template directive, its patterns and texts parsed.</summary>
internal sealed class TemplateRule
{
    private readonly TemplateConfig _config;
    private readonly (byte[] Wire, string Text)[] _zones;
    private readonly byte[][] _fallthrough;
    private readonly GoRegex[] _patterns;
    private readonly TemplateConditions _conditions;
    private readonly (MessageSection Section, GoTemplate Text)[] _records;
    private readonly ReadOnlyMemory<byte> _errorText;

    private TemplateRule(
        TemplateConfig config,
        GoRegex[] patterns,
        TemplateConditions conditions,
        (MessageSection Section, GoTemplate Text)[] records)
    {
        _config = config;

        // The longest zone first, so that the first match is CoreDNS's longest match.
        _zones = [.. config.Zones.Select(zone => (WireName.Of(zone), zone)).OrderByDescending(z => z.Item1.Length)];
        _fallthrough = WireName.Of(config.Fallthrough);
        _patterns = patterns;
        _conditions = conditions;
        _records = records;
        _errorText = Encoding.UTF8.GetBytes(config.ExtendedError?.Reason ?? "");
    }

    /// <summary>Null, and errors added, where a pattern or a template is not one.</summary>
    public static TemplateRule? Compile(TemplateConfig config, ICollection<ConfigError> errors)
    {
        int before = errors.Count;
        List<GoRegex> patterns = [];
        foreach (string pattern in config.Matches)
        {
            if (GoRegex.TryCompile(pattern, out GoRegex? regex, out string error))
            {
                patterns.Add(regex);
            }
            else
            {
                errors.Add(new ConfigError(config.Location, "template", error));
            }
        }

        TemplateConditions conditions = TemplateConditions.Compile(config, errors);

        // The order in which sections are written, not in which they are configured.
        List<(MessageSection Section, GoTemplate Text)> records = [];
        AddRecords(config, MessageSection.Answer, config.Answers, records, errors);
        AddRecords(config, MessageSection.Authority, config.Authorities, records, errors);
        AddRecords(config, MessageSection.Additional, config.Additionals, records, errors);
        return errors.Count == before ? new TemplateRule(config, [.. patterns], conditions, [.. records]) : null;
    }

    /// <summary>True where class, type and zone fit; else the next template is asked.</summary>
    public bool IsFor(in QueryContext query, out string zone)
    {
        zone = "";
        bool fits = (_config.Class == TemplateConfig.AnyClass || query.Class == RecordClass.Any
                || _config.Class == (ushort)query.Class)
            && (_config.Type == TemplateConfig.AnyType || query.Type == RecordType.Any
                || _config.Type == (ushort)query.Type);
        for (int i = 0; fits && i < _zones.Length; i++)
        {
            if (DomainName.IsSameOrBelow(query.Name, _zones[i].Wire))
            {
                zone = _zones[i].Text;
                return true;
            }
        }

        return false;
    }

    public bool MayFallThrough(in QueryContext query) => WireName.IsInAny(query.Name, _fallthrough);

    /// <summary>What the templates see where a pattern and the conditions hold; null, perhaps with a failure, if not.</summary>
    public TemplateData? Match(
        in QueryContext query, ReadOnlySpan<char> name, string zone, ref SourceResult detail)
    {
        foreach (GoRegex pattern in _patterns)
        {
            if (pattern.IsMatch(name))
            {
                string text = name.ToString();
                TemplateData data = new(query, text, zone, pattern, pattern.Match(text) ?? [text]);
                return _conditions.Hold(data, ref detail) ? data : null;
            }
        }

        return null;
    }

    public SourceVerdict Answer(
        in QueryContext query, TemplateData data, ref ResponseWriter writer, ref SourceResult detail)
    {
        if (_config.ExtendedError is not null)
        {
            detail.Error = (ExtendedError)_config.ExtendedError.Code;
            detail.ErrorText = _errorText;
        }

        ResponseCode rcode = (ResponseCode)_config.Rcode;
        if (rcode == ResponseCode.ServerFailure
            || !LocalAnswer.TryBegin(query, ref writer, rcode, authoritative: true))
        {
            return SourceVerdict.ServFail;
        }

        foreach ((MessageSection section, GoTemplate template) in _records)
        {
            if (!TryAddRecord(section, template, data, query.Type, ref writer, ref detail))
            {
                return SourceVerdict.ServFail;
            }
        }

        return SourceVerdict.Answered;
    }

    private static bool TryAddRecord(
        MessageSection section,
        GoTemplate template,
        TemplateData data,
        RecordType asked,
        ref ResponseWriter writer,
        ref SourceResult detail)
    {
        if (!template.TryRender(data, out string text, out string error)
            || !RecordText.TryParse(text, out ParsedRecord? record, out error))
        {
            detail.Failure = $"template: {section} \"{template.Text}\": {error}";
            return false;
        }

        if (record is null)
        {
            return true;
        }

        if (section == MessageSection.Answer && asked is RecordType.A or RecordType.AAAA)
        {
            NoteTarget(record, asked, ref detail);
        }

        bool added = writer.TryAddRecord(section, record.Owner, record.Type, record.Class, record.Ttl, record.Data);
        detail.Failure = added ? detail.Failure : "template: the answer is too large";
        return added;
    }

    // A CNAME leaves its target to be looked up, unless the template gives the target's address too.
    private static void NoteTarget(ParsedRecord record, RecordType asked, ref SourceResult detail)
    {
        if (record.Type == RecordType.CNAME)
        {
            detail.ChaseTarget = record.Data;
        }
        else if (record.Type == asked && detail.ChaseTarget is byte[] target
            && DomainName.EqualsIgnoreCase(record.Owner, target))
        {
            detail.ChaseTarget = null;
        }
    }

    private static void AddRecords(
        TemplateConfig config,
        MessageSection section,
        ImmutableArray<string> texts,
        List<(MessageSection Section, GoTemplate Text)> records,
        ICollection<ConfigError> errors)
    {
        foreach (string text in texts)
        {
            if (GoTemplate.TryParse(text, out GoTemplate? template, out string error))
            {
                records.Add((section, template));
            }
            else
            {
                errors.Add(new ConfigError(config.Location, "template", $"bad template \"{text}\": {error}"));
            }
        }
    }
}
