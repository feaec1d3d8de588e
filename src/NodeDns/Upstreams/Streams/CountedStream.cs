using System.Net.Sockets;
using System.Threading;

namespace NodeDns.Upstreams.Streams;

/// <summary>A connection that gives its place back when it is closed, by whomever.</summary>
internal sealed class CountedStream(Socket socket, SemaphoreSlim places) : NetworkStream(socket, ownsSocket: true)
{
    private int _isClosed;

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            places.Release();
        }
    }
}
