using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;

namespace NodeDns.Upstreams.Streams;

/// <summary>Whom an upstream has to show that it is, and how we show who we are.</summary>
/// <param name="name">The name, or the address, that its certificate must be for.</param>
/// <param name="authorities">Who must have signed it; null for the authorities that the machine trusts.</param>
/// <param name="client">Our own certificate, if the operator gave one.</param>
/// <param name="fingerprint">Of the files that both came from: equal rules need no new connections after a reload.</param>
internal sealed class TlsRules(
    string name, X509Certificate2Collection? authorities, SslStreamCertificateContext? client, string fingerprint)
    : IEquatable<TlsRules>
{
    private readonly string _fingerprint = fingerprint;

    public string Name { get; } = name;

    public bool Equals(TlsRules? other) => other is not null && other.Name == Name && other._fingerprint == _fingerprint;

    public override bool Equals(object? obj) => Equals(obj as TlsRules);

    public override int GetHashCode() => HashCode.Combine(Name, _fingerprint);

    /// <summary>Does the handshake; throws <see cref="TlsRefusedException"/> with the reason when it fails.</summary>
    /// <param name="protocols">What is to be spoken inside (ALPN); none for DNS over TLS.</param>
    public async Task<SslStream> Authenticate(
        Stream stream, List<SslApplicationProtocol> protocols, CancellationToken deadline)
    {
        SslStream tls = new(stream, leaveInnerStreamOpen: false);
        CertificateCheck check = new();
        try
        {
            await tls.AuthenticateAsClientAsync(ToOptions(check, protocols), deadline).ConfigureAwait(false);
            return tls;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw new TlsRefusedException(
                check.Fault == UpstreamFault.None ? UpstreamFault.Handshake : check.Fault, error);
        }
    }

    private SslClientAuthenticationOptions ToOptions(CertificateCheck check, List<SslApplicationProtocol> protocols)
    {
        // Neither revocation lists nor missing issuers are fetched: that takes names, which would be asked of ourselves.
        X509ChainPolicy policy = new()
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        if (authorities is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(authorities);
        }

        return new SslClientAuthenticationOptions
        {
            TargetHost = Name,
            ApplicationProtocols = protocols.Count > 0 ? protocols : null,
            CertificateChainPolicy = policy,
            RemoteCertificateValidationCallback = check.Validate,
            ClientCertificateContext = client,
        };
    }
}
