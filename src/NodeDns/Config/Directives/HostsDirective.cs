using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Net;
using NodeDns.Config.Syntax;
using NodeDns.Config.Values;

namespace NodeDns.Config.Directives;

/// <summary>hosts [FILE [ZONES...]] { ADDRESS NAMES..., ttl, reload, no_reverse, fallthrough, fallthrough_unsupported }</summary>
internal sealed class HostsDirective
{
    private const int MaxTtl = 65_535;
    private const string DefaultFile = "/etc/hosts";

    private readonly DirectiveScope _scope;
    private readonly ImmutableArray<HostsEntryConfig>.Builder _entries = ImmutableArray.CreateBuilder<HostsEntryConfig>();
    private HostsConfig _hosts;

    private HostsDirective(DirectiveScope scope)
    {
        _scope = scope;
        ImmutableArray<Token> words = scope.Arguments;
        _hosts = new HostsConfig
        {
            File = words.IsEmpty ? DefaultFile : words[0].Text,
            Zones = scope.ZonesOrBlock(words.IsEmpty ? words : words.RemoveAt(0)),
        };
    }

    public static void Read(DirectiveScope scope)
    {
        var reader = new HostsDirective(scope);
        reader.CheckFile();
        foreach (DirectiveSyntax option in scope.Options)
        {
            if (scope.TakesNoBlock(option))
            {
                reader.ReadOption(option);
            }
        }

        scope.Block = scope.Block with { Hosts = reader._hosts with { Entries = reader._entries.ToImmutable() } };
    }

    private void CheckFile()
    {
        if (_hosts.File.Length == 0 || _hosts.File.Contains('\0', StringComparison.Ordinal))
        {
            _scope.Error(_scope.Arguments[0], $"expected the path of a file, found {Shown.Text(_hosts.File)}");
            return;
        }

        _scope.Watch(_hosts.File);
        if (!_scope.Arguments.IsEmpty && !_scope.Files.Exists(_hosts.File))
        {
            _scope.Warn(_scope.Arguments[0], $"there is no file {Shown.Text(_hosts.File)} yet");
        }
    }

    private void ReadOption(DirectiveSyntax option)
    {
        switch (option.Name.Text)
        {
            case "fallthrough":
                _hosts = _hosts with { Fallthrough = _scope.Fallthrough(option) };
                break;
            case "fallthrough_unsupported":
                _hosts = _hosts with { FallthroughUnsupported = _scope.IsFlag(option) };
                break;
            case "no_reverse":
                _hosts = _hosts with { NoReverse = _scope.IsFlag(option) };
                break;
            case "ttl":
                if (_scope.TryOne(option, "SECONDS", out Token seconds)
                    && _scope.TryInteger(seconds, 1, MaxTtl, "a TTL in seconds", out int ttl))
                {
                    _hosts = _hosts with { Ttl = ttl };
                }

                break;
            case "reload":
                if (_scope.TryOne(option, "DURATION", out Token token) && _scope.TryDuration(token, out TimeSpan reload))
                {
                    _hosts = _hosts with { Reload = reload };
                }

                break;
            default:
                ReadEntry(option);
                break;
        }
    }

    private void ReadEntry(DirectiveSyntax option)
    {
        if (!AddressText.TryParseWithScope(option.Name.Text, out IPAddress address))
        {
            // CoreDNS takes any word for the begin of an entry and silently drops it; most likely it is a mistyped option.
            List<string> options = ["fallthrough", "fallthrough_unsupported", "no_reverse", "ttl", "reload"];
            string nearest = Suggestion.For(option.Name.Text, options);
            _scope.Error(
                option.Name,
                $"expected ADDRESS NAMES... or an option ({string.Join(", ", options)}), found {Shown.Text(option.Name.Text)}{nearest}");
            return;
        }

        if (option.Arguments.IsEmpty)
        {
            _scope.Error(option.Name, $"expected a name after {address}");
            return;
        }

        _entries.Add(new HostsEntryConfig(address, _scope.Names(option.Arguments)));
    }
}
