using System;

namespace NodeDns.Load;

/// <summary>Which question comes next.</summary>
internal abstract class QuestionOrder
{
    public abstract bool TryNext(out long question);
}

/// <summary>Every known name once, in order: fills the server's cache.</summary>
internal sealed class PrimingOrder(int names) : QuestionOrder
{
    private int _next;

    public override bool TryNext(out long question)
    {
        question = _next;
        return _next++ < names;
    }
}

/// <summary>Names by popularity, with unique names mixed in at a fixed share, without end.</summary>
internal sealed class MixedOrder : QuestionOrder
{
    // Long enough that repeating it changes nothing about which names are hot.
    private const int SequenceLength = 1 << 18;

    private readonly int[] _sequence = new int[SequenceLength];
    private readonly double _missShare;
    private int _position;
    private double _missesDue;
    private long _nextUnique;

    public MixedOrder(LoadOptions options)
    {
        Random random = new(options.Seed);
        _missShare = options.MissPercent / 100;

        // Negative numbers from a random start on: no two runs against one server ask the same unique names.
        _nextUnique = long.MinValue + Random.Shared.NextInt64(long.MaxValue / 2);
        double[] cumulative = Cumulative(options.Names, options.Zipf);
        for (int i = 0; i < SequenceLength; i++)
        {
            int found = Array.BinarySearch(cumulative, random.NextDouble() * cumulative[^1]);
            _sequence[i] = Math.Min(found < 0 ? ~found : found, options.Names - 1);
        }
    }

    public override bool TryNext(out long question)
    {
        _missesDue += _missShare;
        if (_missesDue >= 1)
        {
            _missesDue -= 1;
            question = _nextUnique++;
            return true;
        }

        question = _sequence[_position];
        _position = (_position + 1) & (SequenceLength - 1);
        return true;
    }

    // Zipf: the k-th most popular name is asked in proportion to 1 / k^exponent.
    private static double[] Cumulative(int names, double exponent)
    {
        double[] cumulative = new double[names];
        double sum = 0;
        for (int i = 0; i < names; i++)
        {
            sum += Math.Pow(i + 1, -exponent);
            cumulative[i] = sum;
        }

        return cumulative;
    }
}
