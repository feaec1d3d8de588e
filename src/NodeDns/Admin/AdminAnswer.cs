using System;

namespace NodeDns.Admin;

/// <summary>What goes out for one request; its body is borrowed from the pool.</summary>
internal readonly struct AdminAnswer(byte[] head, PooledBuffer? body) : IDisposable
{
    public ReadOnlyMemory<byte> Head => head;

    public ReadOnlyMemory<byte> Body => body?.Written ?? default;

    public void Dispose() => body?.Dispose();
}
