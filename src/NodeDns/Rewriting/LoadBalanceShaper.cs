using System;
using System.Collections.Generic;
using System.Linq;
using NodeDns.Config;
using NodeDns.Filters;
using NodeDns.Logging;
using NodeDns.Wire;

namespace NodeDns.Rewriting;

/// <summary>The loadbalance directive: another order of addresses and mail servers in every answer.</summary>
/// <remarks>
/// Works on a finished message in place and allocates nothing. Addresses of one name are of one size, so only their
/// data and TTLs change places and no compression pointer can be hurt; whole records (MX, a CNAME that stands
/// behind other records) move only where nothing in the message points at what would move.
/// </remarks>
internal sealed class LoadBalanceShaper
{
    /// <summary>Records beyond this are left where they are.</summary>
    private const int MaxRecords = 128;

    private readonly WeightFile? _weights;
    private readonly AddressRanges[] _preferred;

    private LoadBalanceShaper(WeightFile? weights, AddressRanges[] preferred)
    {
        _weights = weights;
        _preferred = preferred;
    }

    /// <summary>Reads the weight file, if there is one; a bad one is an error.</summary>
    public static LoadBalanceShaper Compile(
        LoadBalanceConfig config, SourceLocation location, Log log, long now, ICollection<ConfigError> errors)
    {
        WeightFile? weights = config.WeightFile is null
            ? null
            : new WeightFile(config.WeightFile, config.WeightReload, log, now);
        if (weights?.Error is string error)
        {
            errors.Add(new ConfigError(location, "loadbalance", error));
        }

        return new LoadBalanceShaper(
            weights, [.. config.Prefer.Select(network => AddressRanges.Compile([network]))]);
    }

    /// <summary>For the control plane: reads a changed weight file when its time has come.</summary>
    public bool RefreshIfDue(long now) => _weights?.RefreshIfDue(now) ?? false;

    /// <summary>Reorders a whole answer. Errors and transfers are left alone.</summary>
    public void Shape(Span<byte> message, int questionEnd, RecordType askedType)
    {
        if (MessageHeader.GetRcode(message) != ResponseCode.NoError
            || askedType is RecordType.AXFR or RecordType.IXFR
            || (_weights is not null && askedType is not (RecordType.A or RecordType.AAAA or RecordType.SRV)))
        {
            return;
        }

        Span<AnswerRecord> records = stackalloc AnswerRecord[MaxRecords];
        int count = RecordOrder.Collect(message, questionEnd, records);
        if (count <= 1)
        {
            return;
        }

        records = records[..count];
        RecordOrder.PutCnamesFirst(message, questionEnd, records);
        ShapeAddresses(message, records);
        if (_weights is null)
        {
            RecordOrder.ShuffleMail(message, questionEnd, records);
        }
    }

    // Goes from group to group: the records of one section, owner and type that follow each other.
    private void ShapeAddresses(Span<byte> message, ReadOnlySpan<AnswerRecord> records)
    {
        for (int start = 0; start < records.Length;)
        {
            int end = start + 1;
            if (RecordOrder.IsAddress(records[start]))
            {
                while (end < records.Length && RecordOrder.IsSameSet(message, records[start], records[end]))
                {
                    end++;
                }

                ShapeGroup(message, records[start..end]);
            }

            start = end;
        }
    }

    private void ShapeGroup(Span<byte> message, ReadOnlySpan<AnswerRecord> group)
    {
        if (group.Length <= 1)
        {
            return;
        }

        if (_weights is not null)
        {
            RecordOrder.SwapAddresses(message, group[0], group[PickWeighted(message, group, _weights.Table)]);
        }
        else
        {
            for (int i = group.Length - 1; i > 0; i--)
            {
                RecordOrder.SwapAddresses(message, group[i], group[Random.Shared.Next(i + 1)]);
            }
        }

        Prefer(message, group);
    }

    private static int PickWeighted(ReadOnlySpan<byte> message, ReadOnlySpan<AnswerRecord> group, WeightTable weights)
    {
        Span<byte> owner = stackalloc byte[WireLimits.MaxNameLength];
        if (!DomainName.TryExpand(message, group[0].Start, owner, out int length, out _))
        {
            return 0;
        }

        owner = owner[..length];
        DomainName.Fold(owner, owner);
        int total = 0;
        foreach (AnswerRecord record in group)
        {
            total += weights.Weight(owner, message[record.DataOffset..record.End]);
        }

        int drawn = Random.Shared.Next(total);
        for (int i = 0; i < group.Length; i++)
        {
            drawn -= weights.Weight(owner, message[group[i].DataOffset..group[i].End]);
            if (drawn < 0)
            {
                return i;
            }
        }

        return 0;
    }

    // Moves addresses of each preferred network to the front, network by network, keeping the order inside each.
    private void Prefer(Span<byte> message, ReadOnlySpan<AnswerRecord> group)
    {
        int next = 0;
        foreach (AddressRanges network in _preferred)
        {
            for (int i = next; i < group.Length; i++)
            {
                if (network.Contains(message[group[i].DataOffset..group[i].End]))
                {
                    for (int k = i; k > next; k--)
                    {
                        RecordOrder.SwapAddresses(message, group[k], group[k - 1]);
                    }

                    next++;
                }
            }
        }
    }
}
