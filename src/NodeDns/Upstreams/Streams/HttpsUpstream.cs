using System;
using System.Buffers;
using System.Buffers.Text;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading;
using System.Threading.Tasks;
using NodeDns.Config;
using NodeDns.Timing;
using NodeDns.Wire;

namespace NodeDns.Upstreams.Streams;

/// <summary>One upstream over HTTPS (RFC 8484): a request per query, all of them on a few HTTP/2 connections.</summary>
/// <remarks>
/// Nothing of HTTP is made, nor its code loaded, before the first query. An answer that is not one (an error, a redirect,
/// another type, too long a body) is a loss with its reason: the question goes on to the next upstream.
/// </remarks>
internal sealed class HttpsUpstream(UpstreamState upstream, StreamRules rules, Clock clock) : IStreamUpstream
{
    private const string MessageType = "application/dns-message";

    private static readonly MediaTypeHeaderValue s_contentType = new(MessageType);
    private static readonly MediaTypeWithQualityHeaderValue s_accept = new(MessageType);
    private readonly Lock _gate = new();
    private StreamRules _rules = rules;
    private HttpMessageInvoker? _client;
    private long _backOffUntil;
    private int _inFlight;
    private volatile bool _hasAnswered;

    public void Apply(StreamRules rules)
    {
        lock (_gate)
        {
            if (rules != _rules)
            {
                // Requests on their way keep the old client, which ends by itself when its connections do.
                _rules = rules;
                _client = null;
            }
        }
    }

    public int Submit(in StreamQuery query)
    {
        byte[] message = query.Message.AsSpan(0, query.Length).ToArray();
        ArrayPool<byte>.Shared.Return(query.Message);
        StreamQuery own = query with { Message = message };
        if (clock.NowMilliseconds < Volatile.Read(ref _backOffUntil))
        {
            ReportLost(own, UpstreamFault.HttpTooManyRequests, isReused: false);
        }
        else if (Interlocked.Increment(ref _inFlight) > HttpsLimits.MaxRequests)
        {
            Interlocked.Decrement(ref _inFlight);
            ReportLost(own, UpstreamFault.HttpBusy, isReused: false);
        }
        else
        {
            // Off the worker: a request costs a good deal more than a datagram.
            ThreadPool.UnsafeQueueUserWorkItem(static work => _ = work.Self.Exchange(work.Query), (Self: this, Query: own), false);
        }

        return 0;
    }

    private async Task Exchange(StreamQuery query)
    {
        bool isReused = _hasAnswered;
        try
        {
            using CancellationTokenSource deadline = new((int)StreamLimits.ForgetMilliseconds);
            using HttpRequestMessage request = ToRequest(query.Message, out HttpMessageInvoker client);
            using HttpResponseMessage response = await client.SendAsync(request, deadline.Token).ConfigureAwait(false);
            UpstreamFault fault = Judge(response);
            (byte[] Message, int Length) answer = default;
            if (fault == UpstreamFault.None)
            {
                answer = await HttpsBody.Read(response.Content, deadline.Token).ConfigureAwait(false);
                fault = answer.Message is null ? UpstreamFault.HttpTooLong : UpstreamFault.None;
            }

            if (fault != UpstreamFault.None)
            {
                ReportLost(query, fault, isReused: false);
                return;
            }

            _hasAnswered = true;
            uint age = (uint)Math.Clamp(response.Headers.Age?.TotalSeconds ?? 0, 0, int.MaxValue);
            MessageAge.Subtract(answer.Message.AsSpan(0, answer.Length), age);
            query.Sink.Post(new InboxItem(
                InboxKind.Answer, query.Question, query.Generation, answer.Message, answer.Length, true));
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            UpstreamFault fault = HttpsFault.Of(error);
            ReportLost(query, fault, isReused && fault == UpstreamFault.Closed);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    private HttpRequestMessage ToRequest(byte[] message, out HttpMessageInvoker client)
    {
        HttpsRules https;
        lock (_gate)
        {
            https = _rules.Https!;
            client = _client ??= HttpsClient.Create(upstream, _rules);
        }

        // RFC 8484 §4.1: with the id 0 equal questions are equal requests, which HTTP caches can answer.
        MessageHeader.SetId(message, 0);
        HttpRequestMessage request = new()
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        request.Headers.Accept.Add(s_accept);
        if (https.Method == DohMethod.Get)
        {
            request.Method = HttpMethod.Get;
            request.RequestUri = new Uri(https.Address, $"?dns={Base64Url.EncodeToString(message)}");
        }
        else
        {
            request.Method = HttpMethod.Post;
            request.RequestUri = https.Address;
            request.Content = new ByteArrayContent(message);
            request.Content.Headers.ContentType = s_contentType;
        }

        return request;
    }

    private UpstreamFault Judge(HttpResponseMessage response)
    {
        switch ((int)response.StatusCode)
        {
            case 200:
                return response.Content.Headers.ContentType?.MediaType is { } type
                    && type.Equals(MessageType, StringComparison.OrdinalIgnoreCase)
                    ? UpstreamFault.None : UpstreamFault.HttpContentType;
            case 429:
                BackOff(response.Headers.RetryAfter);
                return UpstreamFault.HttpTooManyRequests;
            case 503 when response.Headers.RetryAfter is { } after:
                BackOff(after);
                return UpstreamFault.HttpStatus;
            case >= 300 and < 400:
                return UpstreamFault.HttpRedirect;
            default:
                return UpstreamFault.HttpStatus;
        }
    }

    /// <summary>It is left alone for as long as it asks for, within bounds; others are asked meanwhile.</summary>
    private void BackOff(RetryConditionHeaderValue? retryAfter)
    {
        TimeSpan wait = retryAfter?.Delta ?? (retryAfter?.Date - DateTimeOffset.UtcNow) ?? HttpsLimits.BackOff;
        wait = wait < HttpsLimits.MinBackOff ? HttpsLimits.MinBackOff
            : wait > HttpsLimits.MaxBackOff ? HttpsLimits.MaxBackOff : wait;
        Volatile.Write(ref _backOffUntil, clock.NowMilliseconds + (long)wait.TotalMilliseconds);
    }

    private void ReportLost(in StreamQuery query, UpstreamFault fault, bool isReused)
    {
        upstream.Note(fault);
        query.Sink.Post(new InboxItem(InboxKind.Lost, query.Question, query.Generation, null, 0, isReused));
    }
}
