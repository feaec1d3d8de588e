namespace NodeDns.Config;

/// <summary>The HTTP method of DNS over HTTPS (RFC 8484 §4.1).</summary>
internal enum DohMethod : byte
{
    Post,
    Get,
}
