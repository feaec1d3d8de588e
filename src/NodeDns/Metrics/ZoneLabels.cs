namespace NodeDns.Metrics;

/// <summary>The rendered labels of everything counted for one zone, made when first needed.</summary>
internal sealed class ZoneLabels(ZoneSeries series)
{
    private static readonly string[] s_request = ["server", "zone", "view", "proto", "family", "type"];
    private static readonly string[] s_response = ["server", "zone", "view", "rcode", "plugin"];
    private static readonly string[] s_size = ["server", "zone", "view", "proto"];
    private static readonly string[] s_filter = ["server", "zone", "view", "filter"];
    private static readonly string[] s_template = ["server", "zone", "view", "class", "type"];
    private static readonly string[] s_classes = ["IN", "other"];
    private readonly SampleLabels?[] _requests = new SampleLabels?[4 * LabelValues.Types.Length];
    private readonly SampleLabels?[] _responses = new SampleLabels?[LabelValues.Rcodes.Length * LabelValues.Answerers.Length];
    private readonly SampleLabels?[] _templates = new SampleLabels?[2 * LabelValues.Types.Length];
    private readonly SampleLabels?[] _sizes = new SampleLabels?[2];
    private readonly SampleLabels?[] _filters = new SampleLabels?[LabelValues.Answerers.Length];

    public ZoneSeries Series { get; } = series;

    public SampleLabels Zone { get; } = new(["server", "zone", "view"], series.Server, series.Zone, "");

    public SampleLabels Request(int proto, int family, int type) =>
        _requests[(((proto * 2) + family) * LabelValues.Types.Length) + type] ??= new SampleLabels(
            s_request, Series.Server, Series.Zone, "", LabelValues.Protos[proto], LabelValues.Families[family],
            LabelValues.Types[type]);

    public SampleLabels Response(int rcode, int answerer) =>
        _responses[(rcode * LabelValues.Answerers.Length) + answerer] ??= new SampleLabels(
            s_response, Series.Server, Series.Zone, "", LabelValues.Rcodes[rcode], LabelValues.Answerers[answerer]);

    public SampleLabels Template(int cell) => _templates[cell] ??= new SampleLabels(
        s_template, Series.Server, Series.Zone, "", s_classes[cell / LabelValues.Types.Length],
        LabelValues.Types[cell % LabelValues.Types.Length]);

    public SampleLabels Size(int proto) =>
        _sizes[proto] ??= new SampleLabels(s_size, Series.Server, Series.Zone, "", LabelValues.Protos[proto]);

    public SampleLabels Filter(Answerer filter) => _filters[(int)filter] ??= new SampleLabels(
        s_filter, Series.Server, Series.Zone, "", LabelValues.Answerers[(int)filter]);
}
