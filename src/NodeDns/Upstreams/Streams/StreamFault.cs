using System;

namespace NodeDns.Upstreams.Streams;

/// <summary>What an exception of a connection means to the operator.</summary>
internal static class StreamFault
{
    /// <param name="stage">What it means when it says nothing itself: the part of the way that was not finished.</param>
    public static UpstreamFault Of(Exception error, UpstreamFault stage) =>
        error is TlsRefusedException refused ? refused.Fault : stage;
}
