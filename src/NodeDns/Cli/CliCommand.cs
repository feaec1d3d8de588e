namespace NodeDns.Cli;

/// <summary>What the command line asks the program to do.</summary>
internal enum CliCommand : byte
{
    Serve,
    Help,
    Version,
    Plugins,
    CheckConfig,
    Clock,
    Net,
    Query,
    Cache,
    Upstreams,
    Stats,
    Top,
    SelfTest,
    Completion,
}
