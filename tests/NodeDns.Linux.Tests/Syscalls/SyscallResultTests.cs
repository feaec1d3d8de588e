using System.Runtime.InteropServices;
using NodeDns.Linux.Syscalls;
using Xunit;

namespace NodeDns.Linux.Tests.Syscalls;

public sealed class SyscallResultTests
{
    [Fact]
    public void From_FailedCall_IsTheErrorNumber()
    {
        SyscallResult result = SyscallResult.From(Libc.close(-1));
        Assert.True(result.IsError);
        Assert.Equal(Errno.EBADF, result.Error);
        Assert.Equal(-Errno.EBADF, result.Value);
        Assert.Equal("EBADF", result.ToString());
    }

    [Fact]
    public void From_SuccessAfterAFailure_DoesNotSeeTheOldError()
    {
        Marshal.SetLastSystemError(Errno.EINVAL);
        SyscallResult result = SyscallResult.From(7);
        Assert.False(result.IsError);
        Assert.Equal(0, result.Error);
        Assert.Equal(7, result.Value);
    }

    [Theory]
    [InlineData(Errno.ECONNREFUSED, "ECONNREFUSED")]
    [InlineData(Errno.EADDRINUSE, "EADDRINUSE")]
    [InlineData(4095, "errno 4095")]
    public void Name_OfErrorNumber_IsItsSymbol(int error, string name) => Assert.Equal(name, Errno.Name(error));

    [Fact]
    public void Message_OfErrorNumber_IsASentence() => Assert.Equal("Permission denied", Errno.Message(Errno.EACCES));
}
