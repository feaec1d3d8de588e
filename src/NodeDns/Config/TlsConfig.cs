namespace NodeDns.Config;

/// <summary>forward's tls option: files of a client certificate with its key, and of the certificate authority.</summary>
internal sealed record TlsConfig(string? CertificateFile, string? KeyFile, string? AuthorityFile);
