using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace NodeDns.Upstreams.Streams;

/// <summary>Takes the runtime's word on a certificate and remembers what was wrong with it.</summary>
internal sealed class CertificateCheck
{
    public UpstreamFault Fault { get; private set; }

    public bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        Fault = (errors & SslPolicyErrors.RemoteCertificateChainErrors) != 0
            ? IsOutOfTime(chain) ? UpstreamFault.CertificateExpired : UpstreamFault.CertificateUntrusted
            : (errors & SslPolicyErrors.RemoteCertificateNameMismatch) != 0 ? UpstreamFault.CertificateName
            : UpstreamFault.Handshake;
        return false;
    }

    private static bool IsOutOfTime(X509Chain? chain)
    {
        foreach (X509ChainStatus status in chain?.ChainStatus ?? [])
        {
            if ((status.Status & X509ChainStatusFlags.NotTimeValid) != 0)
            {
                return true;
            }
        }

        return false;
    }
}
