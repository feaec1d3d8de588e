using System;
using NodeDns.Filters;
using NodeDns.Metrics;
using NodeDns.Rewriting;
using NodeDns.Upstreams;
using NodeDns.Wire;

namespace NodeDns.Pipeline;

/// <summary>An AAAA question of a DNS64 zone: when nothing usable comes back, A is asked for and translated.</summary>
internal sealed class Dns64Answer(Dns64Synthesis synthesis, byte[] name, ZoneSeries series) : FollowUp
{
    private byte[]? _empty;
    private uint _ttlLimit;

    public override FollowUpStatus Continue(in ResponseView response, Span<byte> message, out int length)
    {
        length = 0;
        if (_empty is null)
        {
            if (!synthesis.NeedsSynthesis(response))
            {
                return FollowUpStatus.Pass;
            }

            _empty = response.Message.ToArray();
            _ttlLimit = Dns64Synthesis.TtlLimit(response);
            AskedType = RecordType.A;
            return FollowUpStatus.AskNext;
        }

        if (response.Shape == AnswerShape.OtherError)
        {
            // RFC 6147 §5.1.6: an error is passed on as one. As an empty answer it would take the place of a good one.
            return FollowUpStatus.Failed;
        }

        // The client may be long gone from its buffer; what the synthesis needs of its query is made anew.
        byte[] query = new byte[WireLimits.HeaderLength + WireLimits.MaxNameLength + 4];
        QueryWriter.TryWrite(
            query, 0, HeaderFlags.RecursionDesired, name, RecordType.AAAA, RecordClass.IN, false, false, 0, out int asked);
        if (QueryView.TryParse(query.AsSpan(0, asked), out QueryView view) == ParseStatus.Ok)
        {
            QueryContext context = new(view, name, RecordType.AAAA, RecordClass.IN, default, false, name, 0);
            ResponseWriter writer = new(message);
            if (synthesis.TryWriteAaaa(response, _ttlLimit, context, ref writer))
            {
                length = writer.Length;
                series.CountTranslation();
                return FollowUpStatus.Rewritten;
            }
        }

        // RFC 6147 §5.1.6: no A either, so the AAAA answer stands as it came.
        _empty.CopyTo(message);
        length = _empty.Length;
        return FollowUpStatus.Rewritten;
    }
}
