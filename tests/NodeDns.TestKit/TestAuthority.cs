using System;
using System.IO;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NodeDns.TestKit;

/// <summary>A certificate authority of a test's own, and the certificates it signs.</summary>
public sealed class TestAuthority : IDisposable
{
    private static readonly TimeSpan s_life = TimeSpan.FromDays(30);
    private readonly X509Certificate2 _root;

    public TestAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=NodeDns test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-60), DateTimeOffset.UtcNow.AddDays(60));
    }

    /// <summary>The authority's certificate as a Corefile's <c>tls</c> line names it.</summary>
    public string WritePem(string folder)
    {
        string path = Path.Combine(folder, $"ca-{_root.SerialNumber}.pem");
        File.WriteAllText(path, _root.ExportCertificatePem());
        return path;
    }

    /// <summary>A certificate for the names and addresses given.</summary>
    public X509Certificate2 Issue(params string[] names) => Issue(DateTimeOffset.UtcNow.AddDays(-1), names);

    public X509Certificate2 IssueExpired(params string[] names) => Issue(DateTimeOffset.UtcNow - s_life - TimeSpan.FromDays(1), names);

    /// <summary>A certificate and its key as files, for whoever has to show one.</summary>
    public (string Certificate, string Key) WriteIssued(string folder, params string[] names)
    {
        using X509Certificate2 issued = Issue(names);
        string certificate = Path.Combine(folder, $"{issued.SerialNumber}.pem");
        string key = Path.Combine(folder, $"{issued.SerialNumber}.key");
        File.WriteAllText(certificate, issued.ExportCertificatePem());
        File.WriteAllText(key, issued.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        return (certificate, key);
    }

    public void Dispose() => _root.Dispose();

    private X509Certificate2 Issue(DateTimeOffset from, string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=NodeDns test", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (string name in names)
        {
            if (IPAddress.TryParse(name, out IPAddress? address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        request.CertificateExtensions.Add(alternatives.Build());
        using X509Certificate2 signed = request.Create(_root, from, from + s_life, RandomNumberGenerator.GetBytes(16));
        return signed.CopyWithPrivateKey(key);
    }
}
