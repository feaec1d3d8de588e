namespace NodeDns.Hosting;

/// <summary>The config of a server that was given none: something to try on any machine, without root.</summary>
internal static class EmbeddedCorefile
{
    public const string Name = "embedded Corefile";
    public const int Port = 5300;
    public const int MetricsPort = 9253;
    public const string ExampleName = "www.example.test";
    public const string ExampleAddress = "192.0.2.10";

    /// <summary>What to type to see the server answer, and where to look at it.</summary>
    public static string TryLine => $"try: dig @127.0.0.1 -p {Port} {ExampleName}; status page: http://127.0.0.1:{MetricsPort}/";

    /// <param name="canForward">Whether the machine's resolv.conf names a server to forward to.</param>
    public static string Text(bool canForward) =>
        $$"""
        # Used when neither -conf nor -basecorefile is given.
        .:{{Port}} {
            bind 127.0.0.1
            errors
            prometheus 127.0.0.1:{{MetricsPort}}
            hosts {
                {{ExampleAddress}} {{ExampleName}} example.test
                2001:db8::10 {{ExampleName}}
                192.0.2.53 dns.example.test
                ttl 60
                fallthrough
            }
            cache
        {{(canForward ? "    forward . /etc/resolv.conf" : "    # no forward: /etc/resolv.conf names no server")}}
        }

        """;
}
