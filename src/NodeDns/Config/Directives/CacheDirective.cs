using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using NodeDns.Config.Syntax;
using NodeDns.Config.Values;

namespace NodeDns.Config.Directives;

/// <summary>cache [TTL] [ZONES...] { success, denial, prefetch, serve_stale, servfail, disable, keepttl }</summary>
internal sealed class CacheDirective
{
    private static readonly TimeSpan s_maxServfail = TimeSpan.FromMinutes(5);

    private readonly DirectiveScope _scope;
    private readonly ServeStaleOption _stale;
    private CacheConfig _cache;

    private CacheDirective(DirectiveScope scope)
    {
        _scope = scope;
        _stale = new ServeStaleOption(scope);
        _cache = new CacheConfig { Zones = [] };
    }

    public static void Read(DirectiveScope scope)
    {
        var reader = new CacheDirective(scope);
        reader.ReadArguments();
        scope.ReadOptions(new Dictionary<string, Action<DirectiveSyntax>>
        {
            ["success"] = reader.ReadSuccess,
            ["denial"] = reader.ReadDenial,
            ["prefetch"] = reader.ReadPrefetch,
            ["serve_stale"] = reader._stale.Read,
            ["serve_stale_policy"] = reader._stale.ReadPolicy,
            ["servfail"] = reader.ReadServfail,
            ["disable"] = reader.ReadDisable,
            ["keepttl"] = option => reader._cache = reader._cache with { KeepTtl = scope.IsFlag(option) },
        });

        CacheConfig cache = reader._cache;
        scope.Block = scope.Block with
        {
            Cache = cache with
            {
                ServeStale = reader._stale.Finish(),

                // CoreDNS clamps to the floor first and to the cap last, so a floor above the cap is the cap.
                SuccessMinTtl = Math.Min(cache.SuccessMinTtl, cache.SuccessMaxTtl),
                DenialMinTtl = Math.Min(cache.DenialMinTtl, cache.DenialMaxTtl),
            },
        };
    }

    /// <summary>A number in front is the cap of all TTLs; everything else is a zone.</summary>
    private void ReadArguments()
    {
        ImmutableArray<Token> zones = _scope.Arguments;
        if (zones is [var first, ..] && IsInteger(first.Text))
        {
            zones = zones.RemoveAt(0);
            if (_scope.TryInteger(first, 1, int.MaxValue, "a TTL in seconds", out int ttl))
            {
                _cache = _cache with { SuccessMaxTtl = ttl, DenialMaxTtl = ttl };
            }
        }

        _cache = _cache with { Zones = _scope.ZonesOrBlock(zones) };
    }

    private void ReadSuccess(DirectiveSyntax option)
    {
        if (TryCapacity(option, _cache.SuccessMaxTtl, _cache.SuccessMinTtl, out int capacity, out int ttl, out int minTtl))
        {
            _cache = _cache with { SuccessCapacity = capacity, SuccessMaxTtl = ttl, SuccessMinTtl = minTtl };
        }
    }

    private void ReadDenial(DirectiveSyntax option)
    {
        if (TryCapacity(option, _cache.DenialMaxTtl, _cache.DenialMinTtl, out int capacity, out int ttl, out int minTtl))
        {
            _cache = _cache with { DenialCapacity = capacity, DenialMaxTtl = ttl, DenialMinTtl = minTtl };
        }
    }

    private bool TryCapacity(
        DirectiveSyntax option, int oldTtl, int oldMinTtl, out int capacity, out int ttl, out int minTtl)
    {
        (capacity, ttl, minTtl) = (0, oldTtl, oldMinTtl);
        return _scope.TryArguments(option, 1, 3, "CAPACITY [TTL] [MINTTL]", out ImmutableArray<Token> words)
            && _scope.TryInteger(words[0], 0, int.MaxValue, "a number of entries", out capacity)
            && (words.Length < 2 || _scope.TryInteger(words[1], 1, int.MaxValue, "a TTL in seconds", out ttl))
            && (words.Length < 3 || _scope.TryInteger(words[2], 0, int.MaxValue, "a TTL in seconds", out minTtl));
    }

    private void ReadPrefetch(DirectiveSyntax option)
    {
        TimeSpan duration = TimeSpan.FromMinutes(1);
        int percentage = 10;
        if (_scope.TryArguments(option, 1, 3, "AMOUNT [DURATION] [PERCENTAGE%]", out ImmutableArray<Token> words)
            && _scope.TryInteger(words[0], 0, int.MaxValue, "a number of questions", out int amount)
            && (words.Length < 2 || _scope.TryDuration(words[1], out duration))
            && (words.Length < 3 || TryPercentage(words[2], out percentage)))
        {
            _cache = _cache with { Prefetch = amount == 0 ? null : new PrefetchConfig(amount, duration, percentage) };
        }
    }

    private bool TryPercentage(Token token, out int percentage)
    {
        percentage = 0;
        if (token.Text.EndsWith('%') && AddressText.TryParseNumber(token.Text.AsSpan()[..^1], 10, 90, out percentage))
        {
            return true;
        }

        _scope.Error(token, $"expected a percentage from 10% to 90%, found {Shown.Text(token.Text)}");
        return false;
    }

    private void ReadServfail(DirectiveSyntax option)
    {
        if (_scope.TryOne(option, "DURATION", out Token token)
            && _scope.TryDuration(token, TimeSpan.Zero, s_maxServfail, out TimeSpan ttl))
        {
            _cache = _cache with { ServfailTtl = ttl };
        }
    }

    private void ReadDisable(DirectiveSyntax option)
    {
        if (!_scope.TryArguments(option, 1, int.MaxValue, "success|denial [ZONES...]", out ImmutableArray<Token> words))
        {
            return;
        }

        ImmutableArray<string> zones = words.Length > 1 ? _scope.Names(words.Skip(1)) : ["."];
        switch (words[0].Text)
        {
            case "success":
                _cache = _cache with { DisableSuccessZones = zones };
                break;
            case "denial":
                _cache = _cache with { DisableDenialZones = zones };
                break;
            default:
                _scope.Error(words[0], $"expected success or denial, found {Shown.Text(words[0].Text)}");
                break;
        }
    }

    private static bool IsInteger(string text)
    {
        string digits = text is ['-' or '+', ..] ? text[1..] : text;
        return digits.Length > 0 && digits.All(char.IsAsciiDigit);
    }
}
