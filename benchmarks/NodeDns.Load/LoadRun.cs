using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Net;
using NodeDns.Linux.Sockets;
using NodeDns.Linux.Syscalls;

namespace NodeDns.Load;

/// <summary>One run from opening the sockets to the result: prime, warm up, measure, drain.</summary>
internal static class LoadRun
{
    private const int BatchSlots = 64;
    private const int SlotBytes = 1280;
    private const double PrimeSeconds = 60;

    // An open loop must not be held back by slow answers, or it would be a closed one.
    private const int OpenLoopSlots = 1024;

    public static LoadResult Execute(LoadOptions options)
    {
        QuestionSet questions = new(options);
        LoadTally tally = new();
        MixedOrder order = new(options);
        using ReceiveBatch received = new(BatchSlots, SlotBytes, packetInfo: false);
        using SendBatch toSend = new(BatchSlots, SlotBytes);
        List<Conversation> conversations = Open(options, questions, tally, received, toSend);
        try
        {
            using LoadLoop loop = new(conversations, tally, options.Outstanding, options.TimeoutSeconds);
            Prime(options, loop);
            if (options.WarmupSeconds > 0)
            {
                Step(options, loop, order, options.WarmupSeconds);
            }

            return Measure(options, loop, order, tally);
        }
        finally
        {
            conversations.ForEach(conversation => conversation.Dispose());
        }
    }

    // Twice, so that names whose first question was lost are asked again.
    private static void Prime(LoadOptions options, LoadLoop loop)
    {
        for (int pass = 0; options.Prime && options.MissPercent < 100 && pass < 2; pass++)
        {
            loop.RunClosed(new PrimingOrder(options.Names), PrimeSeconds);
            loop.Drain();
        }
    }

    private static void Step(LoadOptions options, LoadLoop loop, MixedOrder order, double seconds)
    {
        if (options.Rate > 0)
        {
            loop.RunOpen(order, seconds, options.Rate);
        }
        else
        {
            loop.RunClosed(order, seconds);
        }
    }

    private static LoadResult Measure(LoadOptions options, LoadLoop loop, MixedOrder order, LoadTally tally)
    {
        tally.Clear();
        tally.Sent = loop.InFlight; // Their answers will be counted from here on.
        ProcessUsage serverBefore = ProcessUsage.Read(options.ServerPids);
        TimeSpan ownBefore = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();

        Step(options, loop, order, options.Seconds);

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        TimeSpan own = Environment.CpuUsage.TotalTime - ownBefore;
        ProcessUsage serverAfter = ProcessUsage.Read(options.ServerPids);
        long answeredInTime = tally.Answered;
        loop.Drain();
        return new LoadResult
        {
            Seconds = seconds,
            AnsweredInTime = answeredInTime,
            Tally = tally,
            ServerCpuNanoseconds = serverAfter.CpuNanoseconds - serverBefore.CpuNanoseconds,
            ServerResidentBytes = serverAfter.ResidentBytes,
            LoadCpuShare = own.TotalSeconds / seconds,
        };
    }

    private static List<Conversation> Open(
        LoadOptions options, QuestionSet questions, LoadTally tally, ReceiveBatch received, SendBatch toSend)
    {
        Random random = new(options.Seed);
        int slots = options.Rate > 0 ? OpenLoopSlots : options.Outstanding;
        List<Conversation> conversations = [];
        for (int i = 0; i < options.Sockets; i++)
        {
            IPAddress? source = options.Sources.Count == 0 ? null : options.Sources[i % options.Sources.Count];
            conversations.Add(options.IsTcp
                ? new TcpConversation(options.Server, source, questions, tally, slots, options.Rcode, random)
                : new UdpConversation(
                    Connect(options.Server, source), received, toSend, questions, tally, slots, options.Rcode, random));
        }

        return conversations;
    }

    private static UdpSocket Connect(IPEndPoint server, IPAddress? source)
    {
        PeerAddress? from = source is null ? null : PeerAddress.From(source, 0);
        SyscallResult result = UdpSocket.TryConnect(PeerAddress.From(server), 0, in from, out UdpSocket? socket);
        if (result.IsError)
        {
            throw new LoadFailedException($"cannot open a socket to {server}: {Errno.Message(result.Error)}");
        }

        // The server receives the same datagrams, and the load has more of its CPU left to keep the server busy.
        socket!.TryUseSegments();
        return socket;
    }
}
