using System;
using System.Net.Http;

namespace NodeDns.Upstreams.Streams;

/// <summary>What an exception of an HTTP request means to the operator.</summary>
internal static class HttpsFault
{
    public static UpstreamFault Of(Exception error)
    {
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is TlsRefusedException refused)
            {
                return refused.Fault;
            }
        }

        return error switch
        {
            OperationCanceledException => UpstreamFault.Silent,
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError } =>
                UpstreamFault.Connect,
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => UpstreamFault.Handshake,
            HttpRequestException
            {
                HttpRequestError: HttpRequestError.InvalidResponse
                or HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.VersionNegotiationError
            } =>
                UpstreamFault.HttpProtocol,
            _ => UpstreamFault.Closed,
        };
    }
}
