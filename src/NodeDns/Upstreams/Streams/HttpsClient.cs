using System;
using System.IO;
using System.Net.Http;
using System.Net.Security;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace NodeDns.Upstreams.Streams;

/// <summary>The runtime's HTTP client, held to one address: it resolves nothing and follows nothing.</summary>
internal static class HttpsClient
{
    public static HttpMessageInvoker Create(UpstreamState upstream, StreamRules rules)
    {
        // The runtime opens HTTP/2 connections as the server's stream limit asks for; these places bound that.
        SemaphoreSlim places = new(StreamLimits.MaxConnections);
        long life = rules.MaxAgeMilliseconds > 0 ? rules.MaxAgeMilliseconds : StreamLimits.MaxAgeMilliseconds;
        SocketsHttpHandler handler = new()
        {
            EnableMultipleHttp2Connections = true,
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            MaxConnectionsPerServer = StreamLimits.MaxConnections,
            MaxResponseHeadersLength = HttpsLimits.HeaderKibibytes,
            PooledConnectionIdleTimeout = TimeSpan.FromMilliseconds(Math.Max(1, rules.IdleMilliseconds)),
            PooledConnectionLifetime = TimeSpan.FromMilliseconds(life),
            ConnectTimeout = TimeSpan.FromMilliseconds(StreamLimits.DialMilliseconds),
            KeepAlivePingDelay = HttpsLimits.PingAfter,
            KeepAlivePingTimeout = HttpsLimits.PingAfter,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            ConnectCallback = (_, deadline) => Dial(upstream, rules, places, deadline),
        };
        return new HttpMessageInvoker(handler);
    }

    private static async ValueTask<Stream> Dial(
        UpstreamState upstream, StreamRules rules, SemaphoreSlim places, CancellationToken deadline)
    {
        await places.WaitAsync(deadline).ConfigureAwait(false);
        Socket socket = StreamSocket.Create(upstream.Address);
        CountedStream stream;
        try
        {
            await StreamSocket.Connect(socket, upstream.Address, rules.Source, deadline).ConfigureAwait(false);
            stream = new CountedStream(socket, places);
        }
        catch
        {
            socket.Dispose();
            places.Release();
            throw;
        }

        // A finished handshake is taken as it is by the handler, which sees from it whether HTTP/2 was agreed on.
        return await rules.Tls!.Authenticate(
            stream, [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11], deadline).ConfigureAwait(false);
    }
}
