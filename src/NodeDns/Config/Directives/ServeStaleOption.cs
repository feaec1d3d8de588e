using System;
using System.Collections.Immutable;
using NodeDns.Config.Syntax;
using NodeDns.Config.Values;

namespace NodeDns.Config.Directives;

/// <summary>cache's serve_stale and serve_stale_policy.</summary>
internal sealed class ServeStaleOption(DirectiveScope scope)
{
    private const string Syntax =
        "[DURATION] [immediate [RESPONSE_TTL [FAILURE_RECHECK]] | verify [VERIFY_TIMEOUT [RESPONSE_TTL [FAILURE_RECHECK]]]]";

    private static readonly TimeSpan s_maxRecheck = TimeSpan.FromMinutes(5);

    private ServeStaleConfig? _stale;
    private Token? _policy;
    private bool _given;

    public void Read(DirectiveSyntax option)
    {
        _given = true;
        ImmutableArray<Token> words = option.Arguments;
        TimeSpan duration = TimeSpan.FromHours(1);
        if (words.Length > 0 && !scope.TryDuration(words[0], out duration))
        {
            return;
        }

        _stale = new ServeStaleConfig(duration);
        if (words.Length < 2)
        {
            return;
        }

        switch (words[1].Text.ToLowerInvariant())
        {
            case "immediate":
                ReadMode(ServeStaleMode.Immediate, words.RemoveRange(0, 2));
                break;
            case "verify":
                ReadVerify(words.RemoveRange(0, 2));
                break;
            default:
                scope.Error(words[1], Hint(words));
                break;
        }
    }

    public void ReadPolicy(DirectiveSyntax option)
    {
        if (_policy is not null)
        {
            scope.Error(option.Name, "serve_stale_policy is given twice");
            return;
        }

        _policy = option.Name;
        if (scope.TryOne(option, "prefer_positive", out Token word)
            && !word.Text.Equals("prefer_positive", StringComparison.OrdinalIgnoreCase))
        {
            scope.Error(word, $"expected prefer_positive, found {Shown.Text(word.Text)}");
        }
    }

    /// <summary>After all options: the policy may stand before serve_stale, but not without it.</summary>
    public ServeStaleConfig? Finish()
    {
        if (_policy is Token policy && !_given)
        {
            scope.Error(policy, "serve_stale_policy does nothing without serve_stale");
        }

        // A window of zero seconds is how CoreDNS spells "off".
        return _stale?.Duration > TimeSpan.Zero ? _stale with { PreferPositive = _policy is not null } : null;
    }

    private void ReadVerify(ImmutableArray<Token> words)
    {
        TimeSpan timeout = TimeSpan.Zero;
        if (words.Length > 0 && !scope.TryDuration(words[0], out timeout))
        {
            return;
        }

        _stale = _stale! with { VerifyTimeout = timeout > TimeSpan.Zero ? timeout : null };
        ReadMode(ServeStaleMode.Verify, words.Length > 0 ? words.RemoveAt(0) : words);
    }

    private void ReadMode(ServeStaleMode mode, ImmutableArray<Token> words)
    {
        _stale = _stale! with { Mode = mode };
        if (words.Length > 0 && TryWholeSeconds(words[0], out uint ttl))
        {
            _stale = _stale with { ResponseTtl = ttl };
        }

        if (words.Length > 1 && scope.TryDuration(words[1], TimeSpan.Zero, s_maxRecheck, out TimeSpan recheck))
        {
            _stale = _stale with { FailureRecheck = recheck };
        }

        if (words.Length > 2)
        {
            scope.Error(words[2], $"expected \"serve_stale {Syntax}\", found more: {Shown.Text(words[2].Text)}");
        }
    }

    private bool TryWholeSeconds(Token token, out uint seconds)
    {
        seconds = 0;
        if (!scope.TryDuration(token, TimeSpan.Zero, TimeSpan.FromSeconds(uint.MaxValue), out TimeSpan value))
        {
            return false;
        }

        if (value.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            scope.Error(token, $"expected whole seconds, found {Shown.Text(token.Text)}");
            return false;
        }

        seconds = (uint)(value.Ticks / TimeSpan.TicksPerSecond);
        return true;
    }

    /// <summary>Two durations are what people write who think of a refresh time and a stale time; the longer one is meant.</summary>
    private static string Hint(ImmutableArray<Token> words)
    {
        if (!GoDuration.TryParse(words[1].Text, out TimeSpan second, out _))
        {
            return $"expected immediate or verify, found {Shown.Text(words[1].Text)}";
        }

        _ = GoDuration.TryParse(words[0].Text, out TimeSpan first, out _);
        string longer = second >= first ? words[1].Text : words[0].Text;
        return $"serve_stale takes one duration; did you mean \"serve_stale {longer}\"?";
    }
}
