using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using NodeDns.Linux.Sockets;
using NodeDns.Linux.Syscalls;
using Xunit;

namespace NodeDns.Linux.Tests.Syscalls;

/// <summary>Our structs have the kernel's layout: against numbers written down here, and against the C headers.</summary>
public sealed class StructLayoutTests
{
    private static readonly Type s_epollEvent = RuntimeInformation.ProcessArchitecture == Architecture.X64
        ? typeof(Libc.epoll_event_packed)
        : typeof(Libc.epoll_event);

    public static TheoryData<string, int> Sizes => new()
    {
        { "iovec", 16 },
        { "msghdr", 56 },
        { "mmsghdr", 64 },
        { "cmsghdr", 16 },
        { "sockaddr_in", 16 },
        { "sockaddr_in6", 28 },
        { "in_pktinfo", 12 },
        { "in6_pktinfo", 20 },
        { "epoll_event", 16 },
        { "sockaddr_nl", 12 },
        { "nlmsghdr", 16 },
        { "ifinfomsg", 16 },
        { "ifaddrmsg", 8 },
        { "ifreq", 40 },
        { "sock_filter", 8 },
        { "sock_fprog", 16 },
        { "epoll_event_packed", 12 },
    };

    public static TheoryData<string, string, int> Offsets => new()
    {
        { "iovec", "iov_len", 8 },
        { "msghdr", "msg_name", 0 },
        { "msghdr", "msg_namelen", 8 },
        { "msghdr", "msg_iov", 16 },
        { "msghdr", "msg_iovlen", 24 },
        { "msghdr", "msg_control", 32 },
        { "msghdr", "msg_controllen", 40 },
        { "msghdr", "msg_flags", 48 },
        { "mmsghdr", "msg_len", 56 },
        { "cmsghdr", "cmsg_level", 8 },
        { "cmsghdr", "cmsg_type", 12 },
        { "sockaddr_in", "sin_port", 2 },
        { "sockaddr_in", "sin_addr", 4 },
        { "sockaddr_in6", "sin6_port", 2 },
        { "sockaddr_in6", "sin6_flowinfo", 4 },
        { "sockaddr_in6", "sin6_addr", 8 },
        { "sockaddr_in6", "sin6_scope_id", 24 },
        { "in_pktinfo", "ipi_spec_dst", 4 },
        { "in_pktinfo", "ipi_addr", 8 },
        { "in6_pktinfo", "ipi6_ifindex", 16 },
        { "epoll_event", "data", 8 },
        { "epoll_event_packed", "data", 4 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Size_OfStruct_IsTheKernels(string name, int size) => Assert.Equal(size, Marshal.SizeOf(StructNamed(name)));

    [Theory]
    [MemberData(nameof(Offsets))]
    public void Offset_OfField_IsTheKernels(string name, string field, int offset) =>
        Assert.Equal(offset, (int)Marshal.OffsetOf(StructNamed(name), field));

    [Fact]
    public void Size_OfPeerAddress_IsThatOfTheLargerSocketAddress() =>
        Assert.Equal(28, Unsafe.SizeOf<PeerAddress>());

    [Fact]
    public void Size_OfEpollEvent_HoldsTheKernelsStruct()
    {
        // Epoll lets the kernel write its structs into a span of ours.
        Assert.True(Unsafe.SizeOf<EpollEvent>() >= Marshal.SizeOf<Libc.epoll_event>());
    }

    [CCompilerFact]
    public void Structs_AgainstTheHeaders_Agree()
    {
        StringBuilder source = Headers();
        foreach (Type type in typeof(Libc).GetNestedTypes(BindingFlags.Public).Where(type => type.IsValueType))
        {
            if (type == typeof(Libc.epoll_event) || type == typeof(Libc.epoll_event_packed))
            {
                continue;
            }

            AssertLayout(source, type.Name, type);
        }

        AssertLayout(source, "epoll_event", s_epollEvent);
        Assert.Equal("", CCompiler.Compile(source.ToString()));
    }

    [CCompilerFact]
    public void Constants_AgainstTheHeaders_Agree()
    {
        StringBuilder source = Headers();
        foreach (FieldInfo constant in Constants(typeof(Libc)).Concat(Constants(typeof(Errno))))
        {
            AppendAssertion(source, $"{constant.Name} == {constant.GetRawConstantValue()}");
        }

        Assert.Equal("", CCompiler.Compile(source.ToString()));
    }

    [CCompilerFact]
    public void Compile_OfAWrongAssertion_Complains()
    {
        // Without this the two tests above could pass by not compiling anything.
        StringBuilder source = Headers();
        AppendAssertion(source, "sizeof(struct msghdr) == 55");
        Assert.Contains("static assertion failed", CCompiler.Compile(source.ToString()), StringComparison.Ordinal);
    }

    private static void AssertLayout(StringBuilder source, string name, Type type)
    {
        AppendAssertion(source, $"sizeof(struct {name}) == {Marshal.SizeOf(type)}");
        foreach (FieldInfo field in type.GetFields(BindingFlags.Public | BindingFlags.Instance))
        {
            AppendAssertion(source, $"offsetof(struct {name}, {field.Name}) == {Marshal.OffsetOf(type, field.Name)}");
        }
    }

    private static void AppendAssertion(StringBuilder source, string condition) =>
        source.Append(CultureInfo.InvariantCulture, $"_Static_assert({condition}, \"{condition}\");\n");

    private static StringBuilder Headers() => new("""
        #define _GNU_SOURCE
        #include <errno.h>
        #include <fcntl.h>
        #include <linux/filter.h>
        #include <linux/if_tun.h>
        #include <linux/netlink.h>
        #include <linux/rtnetlink.h>
        #include <linux/udp.h>
        #include <net/if.h>
        #include <netinet/in.h>
        #include <sched.h>
        #include <stddef.h>
        #include <sys/epoll.h>
        #include <sys/eventfd.h>
        #include <sys/ioctl.h>
        #include <sys/prctl.h>
        #include <sys/socket.h>
        #include <sys/uio.h>

        """);

    private static IEnumerable<FieldInfo> Constants(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral);

    private static Type StructNamed(string name) =>
        typeof(Libc).GetNestedType(name, BindingFlags.Public) ?? throw new ArgumentException(name);
}
