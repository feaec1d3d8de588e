using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using NodeDns.Config.Values;

namespace NodeDns.Config.Syntax;

/// <summary>What is wrong with a Corefile, collected while it is read, so that all of it is reported at once.</summary>
internal sealed class ErrorList
{
    private readonly List<ConfigError> _errors = [];
    private readonly List<ConfigError> _warnings = [];
    private readonly HashSet<ConfigError> _known = [];

    /// <summary>Places where a word as such is wrong.</summary>
    private readonly HashSet<SourceLocation> _badWords = [];

    public bool HasErrors => _errors.Count > 0;

    /// <summary>No further error will be kept, so none need be made pretty.</summary>
    public bool IsFull => _errors.Count > CorefileLimits.MaxErrors;

    /// <summary>How often something was wrong, also where it was not written down a second time.</summary>
    public int Count { get; private set; }

    /// <summary>A snippet imported twice brings its mistakes twice: each place and message is kept once.</summary>
    /// <remarks>What is wrong with a word as such (no directive named) also silences what a directive says of it.</remarks>
    public void Add(SourceLocation at, string? directive, string message)
    {
        Count++;
        if (directive is null)
        {
            _badWords.Add(at);
        }
        else if (_badWords.Contains(at))
        {
            return;
        }

        AddOnce(_errors, at, directive, message);
    }

    public void Warn(SourceLocation at, string? directive, string message) =>
        AddOnce(_warnings, at, directive, message);

    /// <summary>Errors by file in the order the files were met, then by line and column.</summary>
    public ImmutableArray<ConfigError> Sorted()
    {
        List<string> files = [.. _errors.Select(e => e.Location.File).Distinct(StringComparer.Ordinal)];
        IEnumerable<ConfigError> sorted = _errors
            .OrderBy(e => files.IndexOf(e.Location.File))
            .ThenBy(e => e.Location.Line)
            .ThenBy(e => e.Location.Column);
        return [.. sorted];
    }

    public ImmutableArray<string> Warnings() => [.. _warnings.Select(w => w.ToString())];

    private void AddOnce(List<ConfigError> list, SourceLocation at, string? directive, string message)
    {
        if (list.Count > CorefileLimits.MaxErrors)
        {
            return;
        }

        if (list.Count == CorefileLimits.MaxErrors)
        {
            (directive, message) = (null, $"more than {CorefileLimits.MaxErrors} mistakes; the rest is left out");
        }

        var error = new ConfigError(at, directive is null ? null : Shown.Line(directive), Shown.Line(message));
        if (_known.Add(error))
        {
            list.Add(error);
        }
    }
}
