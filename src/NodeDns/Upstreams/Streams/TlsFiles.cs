using System;
using System.IO;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using NodeDns.Config;

namespace NodeDns.Upstreams.Streams;

/// <summary>Reads the certificates of <c>forward</c>'s <c>tls</c> option for use.</summary>
/// <remarks>Control plane: called when a plan is built.</remarks>
internal static class TlsFiles
{
    /// <param name="files">Null when the operator named none.</param>
    /// <param name="name">What the upstream's certificate has to be for.</param>
    public static TlsRules? TryLoad(TlsConfig? files, string name, out string error)
    {
        string file = "";
        error = "";
        try
        {
            X509Certificate2Collection? authorities = null;
            SslStreamCertificateContext? client = null;
            StringBuilder read = new();
            if (files?.AuthorityFile is { } authorityFile)
            {
                string text = Read(file = authorityFile, read);
                authorities = [];
                authorities.ImportFromPem(text);
                if (authorities.Count == 0)
                {
                    error = $"cannot use {file}: there is no certificate in it";
                    return null;
                }
            }

            if (files is { CertificateFile: { } certificateFile, KeyFile: { } keyFile })
            {
                string certificate = Read(file = certificateFile, read);
                string key = Read(file = keyFile, read);
                X509Certificate2Collection chain = [];
                chain.ImportFromPem(certificate);
                client = SslStreamCertificateContext.Create(
                    X509Certificate2.CreateFromPem(certificate, key), chain, offline: true);
            }

            return new TlsRules(name, authorities, client, read.ToString());
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException
            or ArgumentException or NotSupportedException)
        {
            error = $"cannot use {file}: {failure.Message}";
            return null;
        }
    }

    private static string Read(string path, StringBuilder read)
    {
        string text = File.ReadAllText(path);
        read.Append(path).Append('\n').Append(Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)))).Append('\n');
        return text;
    }
}
