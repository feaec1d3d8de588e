namespace NodeDns.Config;

/// <summary>Which option rewrite edns0 is about.</summary>
internal enum EdnsRewriteKind : byte
{
    Local,
    Nsid,
    Subnet,
}
