using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using NodeDns.Config.Syntax;
using NodeDns.Config.Values;

namespace NodeDns.Config.Directives;

/// <summary>forward FROM TO... { ... }</summary>
internal sealed class ForwardDirective
{
    /// <summary>A probe takes up to a second; more often than this is a load, not a check.</summary>
    private static readonly TimeSpan s_minHealthCheck = TimeSpan.FromMilliseconds(100);

    /// <summary>Sooner than this every answer that has to be looked for is asked for twice.</summary>
    private static readonly TimeSpan s_minHedge = TimeSpan.FromMilliseconds(10);

    private readonly DirectiveScope _scope;
    private readonly ImmutableArray<string>.Builder _except = ImmutableArray.CreateBuilder<string>();
    private readonly ImmutableArray<IPEndPoint>.Builder _resolvers = ImmutableArray.CreateBuilder<IPEndPoint>();
    private ForwardConfig _forward;

    private ForwardDirective(DirectiveScope scope)
    {
        _scope = scope;
        _forward = new ForwardConfig { Upstreams = [], Location = scope.Name.Location };
    }

    public static void Read(DirectiveScope scope)
    {
        var reader = new ForwardDirective(scope);
        if (scope.Arguments.Length < 2)
        {
            scope.Error("expected \"forward FROM TO...\", for example \"forward . 10.96.0.53\"");
            return;
        }

        scope.ReadOptions(reader.Options());
        reader.ReadFrom(scope.Arguments[0]);
        ImmutableArray<UpstreamAddressConfig> upstreams =
            new UpstreamReader(scope, reader._resolvers.ToImmutable()).Read(scope.Arguments.RemoveAt(0));
        reader.CheckAges();
        ForwardConfig forward = reader._forward with
        {
            Upstreams = upstreams,
            Except = reader._except.ToImmutable(),
            Resolvers = reader._resolvers.ToImmutable(),
        };
        scope.Block = scope.Block with { Forwards = scope.Block.Forwards.Add(forward) };
    }

    private Dictionary<string, Action<DirectiveSyntax>> Options() => new(StringComparer.Ordinal)
    {
        ["except"] = ReadExcept,
        ["force_tcp"] = o => Set(_forward with { ForceTcp = _scope.IsFlag(o) }),
        ["prefer_udp"] = o => Set(_forward with { PreferUdp = _scope.IsFlag(o) }),
        ["mix_case"] = o => Set(_forward with { MixCase = _scope.IsFlag(o) }),
        ["expire"] = o => Duration(o, value => _forward with { Expire = value }),
        ["max_age"] = o => Duration(o, value => _forward with { MaxAge = value }),
        ["max_idle_conns"] = o => Number(o, value => _forward with { MaxIdleConnections = value }),
        ["read_timeout"] = ReadReadTimeout,
        ["max_fails"] = o => Number(o, value => _forward with { MaxFails = value }),
        ["max_connect_attempts"] = o => Number(o, value => _forward with { MaxConnectAttempts = value }),
        ["hedge"] = ReadHedge,
        ["max_concurrent"] = o => Number(o, value => _forward with { MaxConcurrent = value }),
        ["doh_method"] = ReadDohMethod,
        ["tls"] = ReadTls,
        ["tls_servername"] = ReadTlsServerName,
        ["policy"] = ReadPolicy,
        ["health_check"] = ReadHealthCheck,
        ["next"] = o => Set(_forward with { Next = Rcodes(o, noErrorAllowed: true) }),
        ["next_on_nodata"] = o => Set(_forward with { NextOnNodata = _scope.IsFlag(o) }),
        ["failfast_all_unhealthy_upstreams"] = o => Set(_forward with { Failfast = _scope.IsFlag(o) }),
        ["failover"] = o => Set(_forward with { Failover = Rcodes(o, noErrorAllowed: false) }),
        ["source_address"] = ReadSourceAddress,
        ["resolver"] = ReadResolver,
    };

    private void Set(ForwardConfig forward) => _forward = forward;

    private void ReadFrom(Token from)
    {
        ImmutableArray<string> zones = _scope.Zones([from]);
        if (zones.Length > 1)
        {
            _scope.Warn(from, $"{Shown.Text(from.Text)} stands for {zones.Length} zones; as in CoreDNS only {zones[0]} is forwarded");
        }

        _forward = zones.IsEmpty ? _forward : _forward with { From = zones[0] };
    }

    private void ReadExcept(DirectiveSyntax option)
    {
        if (_scope.TryArguments(option, 1, int.MaxValue, "NAMES...", out ImmutableArray<Token> names))
        {
            _except.AddRange(_scope.Zones(names));
        }
    }

    private void Duration(DirectiveSyntax option, Func<TimeSpan, ForwardConfig> set)
    {
        if (_scope.TryOne(option, "DURATION", out Token token) && _scope.TryDuration(token, out TimeSpan value))
        {
            _forward = set(value);
        }
    }

    private void Number(DirectiveSyntax option, Func<int, ForwardConfig> set)
    {
        if (_scope.TryOne(option, "NUMBER", out Token token)
            && _scope.TryInteger(token, 0, int.MaxValue, "a number that is not negative", out int value))
        {
            _forward = set(value);
        }
    }

    private void ReadReadTimeout(DirectiveSyntax option)
    {
        if (!_scope.TryOne(option, "DURATION", out Token token) || !_scope.TryDuration(token, out TimeSpan value))
        {
            return;
        }

        if (value == TimeSpan.Zero)
        {
            _scope.Error(token, "read_timeout has to be positive");
        }

        _forward = _forward with { ReadTimeout = value };
    }

    private void ReadHedge(DirectiveSyntax option)
    {
        if (!_scope.TryOne(option, "DURATION|off", out Token token))
        {
            return;
        }

        if (token.Text == "off")
        {
            _forward = _forward with { Hedge = null };
        }
        else if (_scope.TryDuration(token, s_minHedge, TimeSpan.MaxValue, out TimeSpan value))
        {
            _forward = _forward with { Hedge = value };
        }
    }

    private void ReadDohMethod(DirectiveSyntax option)
    {
        if (!_scope.TryOne(option, "GET|POST", out Token token))
        {
            return;
        }

        switch (token.Text.ToUpperInvariant())
        {
            case "GET":
                _forward = _forward with { DohMethod = DohMethod.Get };
                break;
            case "POST":
                _forward = _forward with { DohMethod = DohMethod.Post };
                break;
            default:
                _scope.Error(token, $"expected GET or POST, found {Shown.Text(token.Text)}");
                break;
        }
    }

    private void ReadTls(DirectiveSyntax option)
    {
        if (!_scope.TryArguments(option, 0, 3, "[CERT KEY] [CA]", out ImmutableArray<Token> files))
        {
            return;
        }

        foreach (Token file in files)
        {
            _scope.CheckFile(file);
        }

        string[] paths = [.. files.Select(file => file.Text)];
        _forward = _forward with
        {
            Tls = paths switch
            {
                [var ca] => new TlsConfig(null, null, ca),
                [var certificate, var key] => new TlsConfig(certificate, key, null),
                [var certificate, var key, var ca] => new TlsConfig(certificate, key, ca),
                _ => new TlsConfig(null, null, null),
            },
        };
    }

    private void ReadTlsServerName(DirectiveSyntax option)
    {
        if (_scope.TryOne(option, "NAME", out Token token) && _scope.TryName(token, out _))
        {
            _forward = _forward with { TlsServerName = token.Text };
        }
    }

    private void ReadPolicy(DirectiveSyntax option)
    {
        if (!_scope.TryOne(option, "random|round_robin|sequential|fastest", out Token token))
        {
            return;
        }

        UpstreamSelection? policy = token.Text switch
        {
            "random" => UpstreamSelection.Random,
            "round_robin" => UpstreamSelection.RoundRobin,
            "sequential" => UpstreamSelection.Sequential,
            "fastest" => UpstreamSelection.Fastest,
            _ => null,
        };
        if (policy is null)
        {
            _scope.Error(token, $"expected random, round_robin, sequential or fastest, found {Shown.Text(token.Text)}"
                + Suggestion.For(token.Text, ["random", "round_robin", "sequential", "fastest"]));
        }

        _forward = _forward with { Policy = policy ?? _forward.Policy };
    }

    private void ReadHealthCheck(DirectiveSyntax option)
    {
        const string Syntax = "DURATION [no_rec] [domain FQDN]";
        if (!_scope.TryArguments(option, 1, 4, Syntax, out ImmutableArray<Token> words)
            || !_scope.TryDuration(words[0], out TimeSpan interval))
        {
            return;
        }

        if (interval < s_minHealthCheck)
        {
            _scope.Warn(words[0], $"{Shown.Text(words[0].Text)} is raised to 100ms");
            interval = s_minHealthCheck;
        }

        var check = new HealthCheckConfig(interval);
        for (int i = 1; i < words.Length; i++)
        {
            if (words[i].Text == "no_rec")
            {
                check = check with { NoRecursion = true };
            }
            else if (words[i].Text != "domain")
            {
                _scope.Error(words[i], $"expected \"health_check {Syntax}\", found {Shown.Text(words[i].Text)}");
            }
            else if (++i == words.Length)
            {
                _scope.Error(words[i - 1], "expected a name after domain");
            }
            else if (_scope.TryName(words[i], out string domain))
            {
                check = check with { Domain = domain };
            }
        }

        _forward = _forward with { HealthCheck = check };
    }

    private ImmutableArray<ushort> Rcodes(DirectiveSyntax option, bool noErrorAllowed)
    {
        var rcodes = ImmutableArray.CreateBuilder<ushort>();
        if (_scope.TryArguments(option, 1, int.MaxValue, "RCODE...", out ImmutableArray<Token> words))
        {
            foreach (Token word in words)
            {
                if (_scope.TryRcode(word, out ushort rcode))
                {
                    rcodes.Add(rcode);
                    if (rcode == 0 && !noErrorAllowed)
                    {
                        _scope.Error(word, "NOERROR is an answer; there is nothing to fail over from");
                    }
                }
            }
        }

        return rcodes.ToImmutable();
    }

    private void ReadSourceAddress(DirectiveSyntax option)
    {
        if (!_scope.TryOne(option, "IP", out Token token))
        {
            return;
        }

        if (AddressText.TryParse(token.Text, out IPAddress address))
        {
            _forward = _forward with { SourceAddress = address };
        }
        else
        {
            _scope.Error(token, $"expected an IP address, found {Shown.Text(token.Text)}");
        }
    }

    private void ReadResolver(DirectiveSyntax option)
    {
        if (!_scope.TryArguments(option, 1, int.MaxValue, "IP[:PORT]...", out ImmutableArray<Token> words))
        {
            return;
        }

        foreach (Token word in words)
        {
            if (AddressText.TryParse(word.Text, out IPAddress address))
            {
                _resolvers.Add(new IPEndPoint(address, 53));
            }
            else if (AddressText.TrySplitHostPort(word.Text, out string host, out string digits)
                && AddressText.TryParse(host, out address) && AddressText.TryParsePort(digits, out int port))
            {
                _resolvers.Add(new IPEndPoint(address, port));
            }
            else
            {
                _scope.Error(word, $"expected IP[:PORT], found {Shown.Text(word.Text)}");
            }
        }
    }

    private void CheckAges()
    {
        if (_forward.MaxAge > TimeSpan.Zero && _forward.MaxAge < _forward.Expire)
        {
            _scope.Error("max_age is shorter than expire; a connection cannot be unused for longer than it lives");
        }
    }
}
