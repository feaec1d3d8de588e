using System;
using System.Threading;
using NodeDns.Linux.Sockets;
using NodeDns.Linux.Syscalls;
using Xunit;

namespace NodeDns.Linux.Tests.Sockets;

public sealed class EpollTests
{
    [Fact]
    public void Wait_SeveralReadyDescriptors_ReportsEachWithItsWholeTag()
    {
        using Epoll epoll = new();
        using EventSignal first = new();
        using EventSignal second = new();
        using EventSignal third = new();
        EventSignal[] signals = [first, second, third];
        ulong[] tags = [ulong.MaxValue, 0x0123456789ABCDEF, 1];
        for (int i = 0; i < signals.Length; i++)
        {
            Assert.False(epoll.Add(signals[i].Descriptor, EpollEvents.In, tags[i]).IsError);
            signals[i].Set();
        }

        EpollEvent[] events = new EpollEvent[8];
        Assert.Equal(3, epoll.Wait(events, 0).Value);
        ulong[] seen = [events[0].Tag, events[1].Tag, events[2].Tag];
        Array.Sort(seen);
        Array.Sort(tags);
        Assert.Equal(tags, seen);
        Assert.All(events[..3], entry => Assert.Equal(EpollEvents.In, entry.Events));
        Assert.Equal(default, events[3]);
    }

    [Fact]
    public void Wait_NothingReady_TimesOutWithZero()
    {
        using Epoll epoll = new();
        using EventSignal signal = new();
        epoll.Add(signal.Descriptor, EpollEvents.In, 1);
        Assert.Equal(0, epoll.Wait(new EpollEvent[1], 1).Value);
    }

    [Fact]
    public void Modify_AskingForOutput_ReportsOutputWithTheNewTag()
    {
        using Epoll epoll = new();
        using UdpSocket socket = Loopback.Listen("127.0.0.1");
        epoll.Add(socket.Descriptor, EpollEvents.In, 1);
        EpollEvent[] events = new EpollEvent[1];
        Assert.Equal(0, epoll.Wait(events, 0).Value);
        Assert.False(epoll.Modify(socket.Descriptor, EpollEvents.In | EpollEvents.Out, 2).IsError);
        Assert.Equal(1, epoll.Wait(events, 0).Value);
        Assert.Equal(new EpollEvent(EpollEvents.Out, 2), events[0]);
    }

    [Fact]
    public void Remove_ReadyDescriptor_IsReportedNoMore()
    {
        using Epoll epoll = new();
        using EventSignal signal = new();
        epoll.Add(signal.Descriptor, EpollEvents.In, 1);
        signal.Set();
        Assert.False(epoll.Remove(signal.Descriptor).IsError);
        Assert.Equal(0, epoll.Wait(new EpollEvent[1], 0).Value);
        Assert.Equal(Errno.ENOENT, epoll.Remove(signal.Descriptor).Error);
    }

    [Fact]
    public void Add_ClosedDescriptor_IsBadDescriptor()
    {
        using Epoll epoll = new();
        Assert.Equal(Errno.EBADF, epoll.Add(-1, EpollEvents.In, 0).Error);
    }

    [Fact]
    public void Set_FromAnotherThread_WakesTheWaiter()
    {
        using Epoll epoll = new();
        using EventSignal signal = new();
        epoll.Add(signal.Descriptor, EpollEvents.In, 7);
        Thread other = new(signal.Set);
        other.Start();
        EpollEvent[] events = new EpollEvent[1];
        Assert.Equal(1, epoll.Wait(events, 5000).Value);
        other.Join();
        Assert.Equal(7ul, events[0].Tag);
    }

    [Fact]
    public void Clear_AfterManySets_LeavesNothing()
    {
        using Epoll epoll = new();
        using EventSignal signal = new();
        epoll.Add(signal.Descriptor, EpollEvents.In, 1);
        signal.Set();
        signal.Set();
        signal.Clear();
        Assert.Equal(0, epoll.Wait(new EpollEvent[1], 0).Value);

        // Clearing a signal that is not set must not wait.
        signal.Clear();
    }
}
