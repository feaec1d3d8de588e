namespace NodeDns.Node;

/// <summary>Where the addresses of -localip are held.</summary>
internal enum InterfaceMode
{
    /// <summary>The first of tun, dummy and lo that this node allows.</summary>
    Auto,

    /// <summary>A TUN device, which goes with the process.</summary>
    Tun,

    /// <summary>A dummy link, as node-cache has; it outlives the process.</summary>
    Dummy,

    /// <summary>The loopback interface; the addresses outlive the process.</summary>
    Lo,

    /// <summary>Nowhere: somebody else has put them on this node.</summary>
    None,
}
