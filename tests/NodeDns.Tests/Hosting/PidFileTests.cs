using System;
using System.IO;
using NodeDns.Hosting;
using Xunit;

namespace NodeDns.Tests.Hosting;

public sealed class PidFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TryWrite_ThenDispose_WritesOurNumberAndRemovesIt()
    {
        PidFile? file = PidFile.TryWrite(_folder["pid"], out string error);
        Assert.NotNull(file);
        Assert.Equal("", error);
        Assert.Equal($"{Environment.ProcessId}\n", File.ReadAllText(_folder["pid"]));

        file.Dispose();
        Assert.False(File.Exists(_folder["pid"]));
    }

    [Fact]
    public void Dispose_SuccessorWroteItsOwn_LeavesIt()
    {
        PidFile? file = PidFile.TryWrite(_folder["pid"], out _);
        File.WriteAllText(_folder["pid"], "1\n");
        file!.Dispose();
        Assert.Equal("1\n", File.ReadAllText(_folder["pid"]));
    }

    [Fact]
    public void TryWrite_FolderMissing_SaysWhichFile()
    {
        Assert.Null(PidFile.TryWrite(_folder["no/such/pid"], out string error));
        Assert.StartsWith($"cannot write the pid file {_folder["no/such/pid"]}: ", error, StringComparison.Ordinal);
    }
}
