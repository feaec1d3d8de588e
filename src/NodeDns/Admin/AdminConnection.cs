using System;
using System.Buffers;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using NodeDns.Logging;

namespace NodeDns.Admin;

/// <summary>One HTTP connection: one request in, one answer out, closed.</summary>
/// <remarks>
/// Connections are not kept: a scrape or a probe comes every few seconds, and a connection that ends with its answer
/// leaves a slow or hostile client nothing to hold on to.
/// </remarks>
internal sealed class AdminConnection(Socket socket, AdminRoute[] routes, Log log)
{
    private readonly byte[] _request = new byte[AdminLimits.RequestBytes];
    private int _received;

    public async Task Run(CancellationToken stop)
    {
        try
        {
            using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
            deadline.CancelAfter(AdminLimits.RequestTime);
            int end = await ReadHead(deadline.Token);
            if (end == 0)
            {
                return;
            }

            deadline.CancelAfter(AdminLimits.AnswerTime);
            using AdminAnswer answer = Answer(end);
            await SendAll(answer.Head, deadline.Token);
            await SendAll(answer.Body, deadline.Token);
            socket.Shutdown(SocketShutdown.Send);
            await Discard(deadline.Token);
        }
        catch (Exception gone) when (gone is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client went away or was too slow: both are its own affair.
        }
        finally
        {
            socket.Dispose();
        }
    }

    /// <summary>The length of the head; 0 when the client closed, -1 when it does not fit.</summary>
    private async Task<int> ReadHead(CancellationToken deadline)
    {
        while (_received < _request.Length)
        {
            int count = await socket.ReceiveAsync(_request.AsMemory(_received), deadline);
            if (count == 0)
            {
                return 0;
            }

            _received += count;
            int end = HttpRequestHead.FindEnd(_request.AsSpan(0, _received));
            if (end > 0)
            {
                return end;
            }
        }

        return -1;
    }

    private AdminAnswer Answer(int end)
    {
        if (end < 0)
        {
            return Plain(413, "the request is larger than 8 KiB\n");
        }

        if (!HttpRequestHead.TryParse(_request.AsSpan(0, end), out HttpRequestHead request))
        {
            return Plain(400, "not an HTTP/1.1 request\n");
        }

        AdminRoute? route = routes.FirstOrDefault(candidate => candidate.Path == request.Path);
        if (route is null)
        {
            return Plain(404, $"not here; try {string.Join(' ', routes.Select(known => known.Path))}\n");
        }

        if (request.Method is not ("GET" or "HEAD"))
        {
            return Plain(405, "only GET and HEAD\n", "Allow: GET, HEAD\r\n");
        }

        return request.BodyLength > AdminLimits.RequestBytes
            ? Plain(413, "a body is not wanted here\n")
            : Render(route.For(request), request);
    }

    private AdminAnswer Render(AdminRoute route, in HttpRequestHead request)
    {
        PooledBuffer body = new();
        int status;
        string fields = "";
        try
        {
            status = route.Write(body);
            if (request.TakesGzip && body.Length >= AdminLimits.LeastZippedBytes)
            {
                using PooledBuffer plain = body;
                body = plain.Zip();
                fields = "Content-Encoding: gzip\r\n";
            }
        }
        catch (Exception broken) when (broken is not OutOfMemoryException)
        {
            body.Dispose();
            log.Error($"admin: {route.Path}: {broken.Message}");
            return Plain(500, "an error, see the log\n");
        }

        byte[] head = Head(status, route.ContentType, body.Length, fields + route.Fields + (route.Varies ? "Vary: Accept, Accept-Encoding\r\n" : ""));
        if (request.Method == "HEAD")
        {
            body.Dispose();
            return new AdminAnswer(head, null);
        }

        return new AdminAnswer(head, body);
    }

    private static AdminAnswer Plain(int status, string text, string fields = "")
    {
        PooledBuffer body = new();
        body.Write(Encoding.ASCII.GetBytes(text));
        return new AdminAnswer(Head(status, AdminRoute.PlainText, text.Length, fields), body);
    }

    private static byte[] Head(int status, string contentType, int length, string fields) => Encoding.ASCII.GetBytes(
        $"HTTP/1.1 {status} {Reason(status)}\r\nContent-Type: {contentType}\r\nContent-Length: {length}\r\n{fields}Connection: close\r\n\r\n");

    private static string Reason(int status) => status switch
    {
        200 => "OK",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Content Too Large",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    };

    private async Task SendAll(ReadOnlyMemory<byte> answer, CancellationToken deadline)
    {
        while (answer.Length > 0)
        {
            int sent = await socket.SendAsync(answer, deadline);
            answer = answer[sent..];
        }
    }

    /// <summary>Closing with unread bytes makes the kernel send a reset, which may overtake the answer.</summary>
    private async Task Discard(CancellationToken deadline)
    {
        for (int discarded = 0; discarded < AdminLimits.DiscardBytes;)
        {
            int count = await socket.ReceiveAsync(_request.AsMemory(), deadline);
            if (count == 0)
            {
                return;
            }

            discarded += count;
        }
    }
}
