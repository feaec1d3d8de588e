using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using NodeDns.Dnstap;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.Tests.Deploy;

/// <summary>The Dockerfile as text; deploy/image-test builds it.</summary>
public sealed class DockerfileTests
{
    private static readonly string s_text = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "Dockerfile")).Replace("\\\n", "", StringComparison.Ordinal);

    [Fact]
    public void Bases_OfBothStages_AreArgumentsWithPinnedDefaults()
    {
        Assert.Equal(["${SDK_IMAGE} AS build", "${RUNTIME_IMAGE}"], Instructions("FROM"));
        Assert.All(
            Instructions("ARG").Where(text => text.Contains("_IMAGE", StringComparison.Ordinal)),
            text => Assert.Matches(@"^(SDK|RUNTIME)_IMAGE=[a-z.]+/[a-z/-]+:\d+\.\d+-\w+$", text));
    }

    [Fact]
    public void Program_OfTheImage_RunsWithoutAShell()
    {
        Assert.Equal("[\"/usr/lib/nodedns/nodedns\"]", Assert.Single(Instructions("ENTRYPOINT")));
        Assert.Empty(Instructions("CMD"));
        Assert.Empty(Instructions("HEALTHCHECK"));
        Assert.Empty(Instructions("EXPOSE"));
    }

    [Theory]
    [InlineData("title")]
    [InlineData("description")]
    [InlineData("licenses")]
    [InlineData("version")]
    [InlineData("revision")]
    [InlineData("created")]
    public void Labels_OfOci_AreThere(string label) =>
        Assert.Matches($@"org\.opencontainers\.image\.{label}="".+?""", Assert.Single(Instructions("LABEL")));

    [Fact]
    public void Version_ByDefault_IsTheProgramsOwn() =>
        Assert.Contains($"VERSION={ProgramVersion.Number}", Instructions("ARG"));

    [Fact]
    public void CopiedFiles_OfTheCheckout_ExistAndPassTheIgnoreFile()
    {
        IEnumerable<string> sources = Instructions("COPY")
            .Where(text => !text.StartsWith("--from", StringComparison.Ordinal))
            .SelectMany(text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries)[..^1])
            .Select(source => source.TrimEnd('/'));
        string[] passed = File.ReadAllLines(Path.Combine(RepositoryRoot.Path, ".dockerignore"));

        Assert.All(sources, source =>
        {
            Assert.True(Path.Exists(Path.Combine(RepositoryRoot.Path, source)), source);
            Assert.Contains($"!{source}", passed);
        });
    }

    private static List<string> Instructions(string name) =>
        [.. Regex.Matches(s_text, $@"^{name} +(.*)$", RegexOptions.Multiline).Select(match => match.Groups[1].Value.Trim())];
}
