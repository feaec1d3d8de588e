using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using NodeDns.Config;
using NodeDns.Linux.Syscalls;
using NodeDns.Wire;

namespace NodeDns.Discovery;

/// <summary>Asks given servers for the addresses of a host name: our own, because the system's resolver may lead back to us.</summary>
internal static class NameLookup
{
    public static async Task<LookupResult> Ask(string name, ImmutableArray<IPEndPoint> servers)
    {
        byte[] wire = new byte[WireLimits.MaxNameLength];
        if (!DomainName.TryParse(name, wire, out int length))
        {
            return new LookupResult(HostLookupStatus.DoesNotExist, [], 0);
        }

        byte[] folded = new byte[length];
        DomainName.Fold(wire.AsSpan(0, length), folded);
        using CancellationTokenSource deadline = new(DiscoveryLimits.LookupMilliseconds);
        foreach (IPEndPoint server in servers.Concat(servers))
        {
            Task<LookupResult> four = Ask(server, folded, RecordType.A, deadline.Token);
            Task<LookupResult> six = Ask(server, folded, RecordType.AAAA, deadline.Token);
            LookupResult[] both = await Task.WhenAll(four, six).ConfigureAwait(false);
            ImmutableArray<IPAddress> found =
                [.. both.SelectMany(one => one.Addresses).Distinct().Where(CanBeReached).Order(s_order).Take(DiscoveryLimits.MaxAddresses)];
            if (!found.IsEmpty)
            {
                return new LookupResult(
                    HostLookupStatus.Found, found, both.Where(one => !one.Addresses.IsEmpty).Min(one => one.TtlSeconds));
            }

            if (both.All(one => one.Status == HostLookupStatus.DoesNotExist))
            {
                return both[0];
            }

            if (deadline.IsCancellationRequested)
            {
                break;
            }
        }

        return new LookupResult(HostLookupStatus.NoAnswer, [], 0);
    }

    // The same addresses in the same order, however the server turns them: an order alone is no change.
    private static readonly Comparer<IPAddress> s_order = Comparer<IPAddress>.Create((one, other) =>
        one.AddressFamily != other.AddressFamily
            ? one.AddressFamily.CompareTo(other.AddressFamily)
            : one.GetAddressBytes().AsSpan().SequenceCompareTo(other.GetAddressBytes()));

    /// <summary>A node without IPv6 has no use for the IPv6 addresses of a name. Connecting UDP asks the routes and sends nothing.</summary>
    private static bool CanBeReached(IPAddress address)
    {
        try
        {
            using Socket socket = new(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(address, 53);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<LookupResult> Ask(IPEndPoint server, byte[] name, RecordType type, CancellationToken deadline)
    {
        byte[] query = new byte[512];
        ushort id = (ushort)KernelRandom.NextUInt64();
        QueryWriter.TryWrite(
            query, id, HeaderFlags.RecursionDesired, name, type, RecordClass.IN, edns: true, dnssecOk: false, 1232, out int length);
        byte[] answer = new byte[4096];
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(deadline);
        timeout.CancelAfter(DiscoveryLimits.AnswerMilliseconds);
        using Socket socket = new(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            await socket.ConnectAsync(server, timeout.Token).ConfigureAwait(false);
            await socket.SendAsync(query.AsMemory(0, length), timeout.Token).ConfigureAwait(false);
            while (true)
            {
                int received = await socket.ReceiveAsync(answer, timeout.Token).ConfigureAwait(false);
                if (received >= WireLimits.HeaderLength && MessageHeader.GetId(answer) == id
                    && TryRead(answer.AsSpan(0, received), name, type, out LookupResult result))
                {
                    return result;
                }
            }
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            return new LookupResult(HostLookupStatus.NoAnswer, [], 0);
        }
    }

    private static bool TryRead(ReadOnlySpan<byte> message, byte[] name, RecordType type, out LookupResult result)
    {
        result = new LookupResult(HostLookupStatus.NoAnswer, [], 0);
        ResponseStatus status = ResponseView.TryParse(message, name, type, RecordClass.IN, out ResponseView response);
        if (status == ResponseStatus.HeaderOnlyError)
        {
            return true;
        }

        if (status != ResponseStatus.Ok)
        {
            return false;
        }

        ImmutableArray<IPAddress>.Builder addresses = ImmutableArray.CreateBuilder<IPAddress>();
        RecordReader records = new(message, response.QuestionEnd);
        while (records.MoveNext() && records.Section == MessageSection.Answer)
        {
            if (records.Type == type && records.Class == RecordClass.IN && addresses.Count < DiscoveryLimits.MaxAddresses)
            {
                addresses.Add(new IPAddress(records.Data));
            }
        }

        bool isDenied = addresses.Count == 0 && response.Rcode is ResponseCode.NoError or ResponseCode.NameError;
        result = new LookupResult(
            addresses.Count > 0 ? HostLookupStatus.Found : isDenied ? HostLookupStatus.DoesNotExist : HostLookupStatus.NoAnswer,
            addresses.ToImmutable(), response.MinTtl);
        return true;
    }
}
