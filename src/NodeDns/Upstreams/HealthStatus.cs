namespace NodeDns.Upstreams;

/// <summary>What an upstream is taken for.</summary>
internal enum HealthStatus
{
    Up,

    /// <summary>
    /// Silent for a moment, or said to be gone: others are asked first, and those that wait for it need not wait for proof.
    /// </summary>
    Suspect,

    /// <summary>It refuses, or has been silent for a second and more.</summary>
    Down,
}
