namespace NodeDns.Metrics;

/// <summary>Which part of a metric an instrument shows.</summary>
internal enum MeasuredPart
{
    Value,
    Buckets,
    Sum,
    Count,
}
