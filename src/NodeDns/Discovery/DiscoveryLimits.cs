namespace NodeDns.Discovery;

/// <summary>Every bound of finding upstreams in one place.</summary>
internal static class DiscoveryLimits
{
    /// <summary>For one server to answer one question.</summary>
    public const int AnswerMilliseconds = 1000;

    /// <summary>For one name with all its servers.</summary>
    public const int LookupMilliseconds = 3000;

    /// <summary>For all names of one reading together; the rest is looked up once the server runs.</summary>
    public const long ReadingMilliseconds = 6000;

    /// <summary>A name is not looked up more often than this, whatever its TTL.</summary>
    public const uint MinTtlSeconds = 5;

    public const uint MaxTtlSeconds = 3600;

    /// <summary>For names of /etc/hosts, which has no TTLs.</summary>
    public const uint HostsTtlSeconds = 30;

    /// <summary>After a lookup that failed, when nothing is known of the name yet.</summary>
    public const long FirstRetryMilliseconds = 5000;

    /// <summary>And when the addresses known before go on being used.</summary>
    public const long RetryMilliseconds = 30_000;

    /// <summary>How often resolv.conf files are looked at.</summary>
    public const long FileMilliseconds = 5000;

    /// <summary>Addresses of one name that are used.</summary>
    public const int MaxAddresses = 16;
}
