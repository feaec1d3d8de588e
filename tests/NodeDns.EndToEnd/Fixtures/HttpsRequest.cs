namespace NodeDns.EndToEnd.Fixtures;

/// <summary>One request that reached a fake upstream over HTTPS.</summary>
/// <param name="Protocol">HTTP/2 or HTTP/1.1.</param>
/// <param name="Host">The authority it was for.</param>
/// <param name="Query">The DNS message in it.</param>
public sealed record HttpsRequest(
    string Method, string Protocol, string Host, string Path, string? ContentType, string? Accept, byte[] Query);
