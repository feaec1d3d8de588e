using System;
using System.Buffers;
using System.IO;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using NodeDns.Wire;

namespace NodeDns.Upstreams.Streams;

/// <summary>Reads the body of an HTTP answer, which is a DNS message and so at most 65,535 octets.</summary>
internal static class HttpsBody
{
    /// <returns>A buffer of the shared pool and the length; null when the body is too long.</returns>
    public static async Task<(byte[] Message, int Length)> Read(HttpContent content, CancellationToken deadline)
    {
        long announced = content.Headers.ContentLength ?? HttpsLimits.BodyBytes;
        if (announced > WireLimits.MaxMessageLength)
        {
            return default;
        }

        Stream stream = await content.ReadAsStreamAsync(deadline).ConfigureAwait(false);
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)announced + 1);
        int length = 0;
        try
        {
            while (true)
            {
                int read = await stream.ReadAsync(buffer.AsMemory(length), deadline).ConfigureAwait(false);
                length += read;
                if (read == 0)
                {
                    byte[] message = buffer;
                    buffer = [];
                    return (message, length);
                }

                if (length > WireLimits.MaxMessageLength)
                {
                    return default;
                }

                if (length == buffer.Length)
                {
                    byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Min(length * 4, WireLimits.MaxMessageLength + 1));
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }
        }
        finally
        {
            if (buffer.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}
