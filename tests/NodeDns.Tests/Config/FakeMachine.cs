using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Net;
using NodeDns.Config;
using Xunit;

namespace NodeDns.Tests.Config;

/// <summary>A machine with the files, names, interfaces and environment that a test says, and nothing else.</summary>
internal sealed class FakeMachine : ICorefileFiles
{
    public Dictionary<string, string> Files { get; } = new(StringComparer.Ordinal)
    {
        ["/etc/resolv.conf"] = "search a.test\nnameserver 10.0.0.10\nnameserver 10.0.0.11\n",
        ["/etc/hosts"] = "127.0.0.1 localhost\n",
    };

    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal)
    {
        ["KUBE_DNS_SERVICE_HOST"] = "10.96.0.10",
    };

    public bool HasTls { get; set; } = true;

    public Dictionary<string, ImmutableArray<IPAddress>> Hosts { get; } = new(StringComparer.Ordinal);

    public CorefileContext Context => new()
    {
        Environment = name => Environment.GetValueOrDefault(name),
        Files = this,
        HasTls = () => HasTls,
        ResolveHost = name => Hosts.GetValueOrDefault(name, []),
        InterfaceAddresses = name => name == "lo" ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [],
    };

    public CorefileResult Read(string text) => CorefileReader.ReadText(text, "Corefile", Context);

    /// <summary>The only server block of a text that is right.</summary>
    public ServerBlockConfig ReadBlock(string text) => Assert.Single(ReadConfig(text).Blocks);

    public NodeDnsConfig ReadConfig(string text)
    {
        CorefileResult result = Read(text);
        Assert.Empty(result.Errors);
        Assert.NotNull(result.Config);
        return result.Config;
    }

    /// <summary>The lines an operator sees for a text that is wrong.</summary>
    public ImmutableArray<string> ReadErrors(string text)
    {
        CorefileResult result = Read(text);
        Assert.Null(result.Config);
        Assert.NotEmpty(result.Errors);
        return [.. result.Errors.Select(error => error.ToString())];
    }

    /// <summary>One of the Corefiles of real users that lie beside the tests.</summary>
    public static string Sample(string name) =>
        System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Config", "Corefiles", name));

    public string? TryRead(string path, out string error)
    {
        error = "no such file";
        return Files.GetValueOrDefault(path);
    }

    public bool Exists(string path) => Files.ContainsKey(path);

    public ImmutableArray<string> List(string folder) =>
        [.. Files.Keys.Where(path => Path.GetDirectoryName(path) == folder).Order(StringComparer.Ordinal)];
}
