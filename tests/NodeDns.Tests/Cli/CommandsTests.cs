using System;
using System.IO;
using System.Linq;
using NodeDns.Cli;
using NodeDns.Hosting;
using NodeDns.Logging;
using NodeDns.Tests.Hosting;
using NodeDns.Timing;
using Xunit;

namespace NodeDns.Tests.Cli;

public sealed class CommandsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _output = new() { NewLine = "\n" };
    private readonly StringWriter _errors = new() { NewLine = "\n" };

    public void Dispose()
    {
        _output.Dispose();
        _errors.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void AsksToServe_FlagsAlone_AndNothingElse()
    {
        Assert.True(Commands.AsksToServe(CommandLine.Parse(["-quiet"])));
        Assert.All(
            (string[][])[["-version"], ["stats"], ["-quiet", "stats"], ["-nonsense"], ["nonsense"]],
            arguments => Assert.False(Commands.AsksToServe(CommandLine.Parse(arguments))));
    }

    [Theory]
    [InlineData("unknown flag \"-cofn\"; did you mean -conf?", "-cofn", "x")]
    [InlineData("expected check-config FILE", "check-config")]
    [InlineData("expected check-config FILE", "check-config", "a", "b")]
    [InlineData("expected clock advance SECONDS", "clock", "advance")]
    [InlineData("expected clock advance SECONDS", "clock", "back", "5")]
    [InlineData("did not expect more", "version", "more")]
    public void Run_BadCommandLine_OneLineAndExitCode2(string reason, params string[] arguments)
    {
        Assert.Equal(2, Run(arguments));
        Assert.Equal($"nodedns: {reason}; `nodedns --help` lists all commands and flags\n", _errors.ToString());
        Assert.Equal("", _output.ToString());
    }

    [Fact]
    public void Run_Help_NamesEveryFlagAndFitsAPage()
    {
        Assert.Equal(0, Run("--help"));
        string[] lines = _output.ToString().Split('\n');
        Assert.All(Flags.All, flag => Assert.Contains(lines, line => line.StartsWith($"  -{flag.Name}", StringComparison.Ordinal)));
        Assert.InRange(lines.Length, 20, 70);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 100));
    }

    [Fact]
    public void Run_Version_NamesProgramPlatformAndRuntime()
    {
        Assert.Equal(0, Run("version"));
        Assert.Matches(@"^NodeDns-\d+\.\d+\.\d+\nlinux/\w+, \.NET 10\.", _output.ToString());
    }

    [Fact]
    public void Run_Plugins_ListsDirectivesSorted()
    {
        Assert.Equal(0, Run("-plugins"));
        string[] names = _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("forward", names);
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
    }

    [Fact]
    public void Run_CheckConfigMissingFile_PrintsTheErrorAndExits1()
    {
        Assert.Equal(1, Run("check-config", _folder["nothing"]));
        Assert.StartsWith($"{_folder["nothing"]}:1:1: cannot read the file: no such file\n", _errors.ToString(), StringComparison.Ordinal);
        Assert.EndsWith($"{_folder["nothing"]}: 1 error\n", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_ClockWithoutServer_SaysWhereItLooked()
    {
        Assert.Equal(1, Run("clock", "advance", "5", "-control-socket", _folder["control.sock"]));
        Assert.StartsWith($"nodedns: no server answers at {_folder["control.sock"]} (", _errors.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", 0, "advanced by 5 s\n", "")]
    [InlineData(null, 1, "", "nodedns: refused: the server was not started with NODEDNS_TEST_CLOCK=1\n")]
    public void Run_ClockWithServer_PrintsItsAnswer(string? variable, int exitCode, string output, string errors)
    {
        using ControlServer server = new(_folder["control.sock"], new Log((_, _) => { }));
        server.Register(ClockControl.Command, ClockControl.Handler(new Clock(), _ => variable));
        Assert.True(server.Start());

        Assert.Equal(exitCode, Run("clock", "advance", "5", "-control-socket", _folder["control.sock"]));

        Assert.Equal(output, _output.ToString());
        Assert.Equal(errors, _errors.ToString());
    }

    private int Run(params string[] arguments) =>
        Commands.Run(CommandLine.Parse(arguments), TextReader.Null, _output, _errors);
}
