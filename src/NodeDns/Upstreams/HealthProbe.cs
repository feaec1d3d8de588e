using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using NodeDns.Linux.Syscalls;
using NodeDns.Timing;
using NodeDns.Wire;

namespace NodeDns.Upstreams;

/// <summary>Asks one upstream a question of its own from its first failure on until it answers.</summary>
/// <remarks>Runs beside the workers; one loop per upstream at most, one probe per interval.</remarks>
internal sealed class HealthProbe(UpstreamState upstream, Clock clock) : IAnswerSink
{
    private readonly Lock _gate = new();
    private int _isRunning;
    private int _generation;
    private TaskCompletionSource<bool>? _streamAnswer;

    /// <summary>Begins, unless it is at it already.</summary>
    public void Begin(HealthPlan plan)
    {
        if (Interlocked.CompareExchange(ref _isRunning, 1, 0) == 0)
        {
            _ = Task.Run(() => ProbeLoop(plan));
        }
    }

    /// <summary>What a connection has to say about a probe that went over it.</summary>
    public void Post(in InboxItem item)
    {
        bool isAnswer = false;
        if (item.Message is { } message)
        {
            isAnswer = item.Kind == InboxKind.Answer && IsAnswer(message.AsSpan(0, item.Length), null);
            System.Buffers.ArrayPool<byte>.Shared.Return(message);
        }

        lock (_gate)
        {
            if (item.Generation == _generation)
            {
                _streamAnswer?.TrySetResult(isAnswer);
            }
        }
    }

    private static bool IsAnswer(ReadOnlySpan<byte> message, HealthPlan? plan) =>
        plan is null
            ? message.Length >= WireLimits.HeaderLength && (MessageHeader.GetFlags(message) & 0x8000) != 0
            : ResponseView.TryParse(message, plan.ProbeName, plan.ProbeType, RecordClass.IN, out _)
                is ResponseStatus.Ok or ResponseStatus.HeaderOnlyError;

    private async Task ProbeLoop(HealthPlan plan)
    {
        try
        {
            while (true)
            {
                long sentAt = clock.NowMilliseconds;
                UpstreamCounters.Add(ref upstream.Counters.Probes);
                if (await Ask(plan).ConfigureAwait(false))
                {
                    upstream.Health.OnProbeAnswer(clock.NowMilliseconds);
                    return;
                }

                UpstreamCounters.Add(ref upstream.Counters.ProbeFailures);
                long now = clock.NowMilliseconds;
                upstream.Health.OnSilence(now, sentAt, plan);
                if (upstream.Health.Failures == 0)
                {
                    // Real queries are answered, whatever becomes of the probes.
                    return;
                }

                await ClockDelay.Until(clock, sentAt + plan.IntervalMilliseconds).ConfigureAwait(false);
            }
        }
        finally
        {
            Volatile.Write(ref _isRunning, 0);
        }
    }

    private Task<bool> Ask(HealthPlan plan)
    {
        byte[] query = System.Buffers.ArrayPool<byte>.Shared.Rent(UpstreamLimits.MaxQueryBytes);
        ushort id = (ushort)KernelRandom.NextUInt64();
        QueryWriter.TryWrite(
            query, id, plan.ProbeFlags, plan.ProbeName, plan.ProbeType, RecordClass.IN, edns: false, dnssecOk: false, 0,
            out int length);
        return plan.OverStream || upstream.IsStreamOnly ? AskOverStream(query, length) : AskOverUdp(query, length, id, plan);
    }

    private async Task<bool> AskOverUdp(byte[] query, int length, ushort id, HealthPlan plan)
    {
        IPEndPoint endPoint = upstream.Address.ToEndPoint();
        byte[] answer = new byte[UpstreamLimits.DatagramBytes];
        using CancellationTokenSource timeout = new(TimeoutOf(plan));
        using Socket socket = new(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            await socket.ConnectAsync(endPoint, timeout.Token).ConfigureAwait(false);
            await socket.SendAsync(query.AsMemory(0, length), timeout.Token).ConfigureAwait(false);
            while (true)
            {
                int received = await socket.ReceiveAsync(answer, timeout.Token).ConfigureAwait(false);
                if (received >= WireLimits.HeaderLength && MessageHeader.GetId(answer) == id
                    && IsAnswer(answer.AsSpan(0, received), plan))
                {
                    return true;
                }
            }
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            return false;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(query);
        }
    }

    private async Task<bool> AskOverStream(byte[] query, int length)
    {
        TaskCompletionSource<bool> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int generation;
        lock (_gate)
        {
            _streamAnswer = answer;
            generation = ++_generation;
        }

        upstream.Stream!.Submit(new StreamQuery(0, generation, query, length, this));
        Task first = await Task.WhenAny(answer.Task, Task.Delay(UpstreamLimits.MaxProbeMilliseconds)).ConfigureAwait(false);
        return first == answer.Task && await answer.Task.ConfigureAwait(false);
    }

    private static int TimeoutOf(HealthPlan plan) =>
        (int)Math.Clamp(plan.IntervalMilliseconds, UpstreamLimits.MinProbeMilliseconds, UpstreamLimits.MaxProbeMilliseconds);
}
