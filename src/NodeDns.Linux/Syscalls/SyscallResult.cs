using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NodeDns.Linux.Syscalls;

/// <summary>What a system call answered: a value of zero or more, or an error number.</summary>
public readonly struct SyscallResult : IEquatable<SyscallResult>
{
    private SyscallResult(int value) => Value = value;

    /// <summary>The call's value, or the negative error number.</summary>
    public int Value { get; }

    public bool IsError => Value < 0;

    /// <summary>The positive error number (see <see cref="Errno"/>), 0 after success.</summary>
    public int Error => Value < 0 ? -Value : 0;

    public static SyscallResult Success(int value = 0) => new(value);

    public static SyscallResult Failure(int error) => new(-error);

    /// <summary>Makes a result of a C return value; must be the very next thing after the call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // Nothing may run between the call and the reading of errno.
    internal static SyscallResult From(nint returned) =>
        returned >= 0 ? new SyscallResult((int)returned) : new SyscallResult(-Marshal.GetLastSystemError());

    public bool Equals(SyscallResult other) => Value == other.Value;

    public override bool Equals(object? obj) => obj is SyscallResult other && Equals(other);

    public override int GetHashCode() => Value;

    public static bool operator ==(SyscallResult left, SyscallResult right) => left.Equals(right);

    public static bool operator !=(SyscallResult left, SyscallResult right) => !left.Equals(right);

    public override string ToString() => IsError ? Errno.Name(Error) : $"{Value}";
}
