using System.IO;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;

namespace NodeDns.Dnstap;

/// <summary>How a collector shows who it is.</summary>
/// <param name="Name">The host name or address that its certificate must be for.</param>
/// <param name="AuthorityFile">Who must have signed it; null for the authorities that the machine trusts.</param>
/// <param name="TrustsAnybody">skipverify: whoever answers is taken for it.</param>
internal sealed record DnstapTls(string Name, string? AuthorityFile, bool TrustsAnybody)
{
    /// <summary>Does the handshake. The authorities are read each time, so that a renewed file needs no reload.</summary>
    public async Task<Stream> Authenticate(Stream plain, CancellationToken stop)
    {
        SslStream tls = new(plain, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(Options(), stop);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    private SslClientAuthenticationOptions Options()
    {
        // Nothing is fetched for a check: that takes names, which would be asked of ourselves.
        X509ChainPolicy policy = new() { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (AuthorityFile is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.ImportFromPemFile(AuthorityFile);
            if (policy.CustomTrustStore.Count == 0)
            {
                throw new IOException($"there is no certificate in {AuthorityFile}");
            }
        }

        return new SslClientAuthenticationOptions
        {
            TargetHost = Name,
            CertificateChainPolicy = policy,

            // Without one of ours the runtime says what is wrong with a certificate.
            RemoteCertificateValidationCallback = TrustsAnybody ? (_, shown, _, _) => shown is not null : null,
        };
    }
}
