using System;
using System.Collections.Generic;
using System.Globalization;

namespace NodeDns.Cli;

/// <summary>One look at a running server, as its control socket tells it.</summary>
internal sealed class TopSample
{
    private readonly Dictionary<string, double[]> _figures = new(StringComparer.Ordinal);

    /// <summary>One upstream's line.</summary>
    public readonly record struct Upstream(string Text, string State, double RttMilliseconds, long Queries, long Answers, long Failures);

    /// <summary>A name or a client, and how many of the counted queries were its.</summary>
    public readonly record struct Entry(string Text, long Count, long Error);

    public List<Upstream> Upstreams { get; } = [];

    public List<Entry> Names { get; } = [];

    public List<Entry> Clients { get; } = [];

    public string Interception { get; private set; } = "";

    /// <summary>Lines of a newer server that are not known here are passed over.</summary>
    public static TopSample Parse(string text)
    {
        TopSample sample = new();
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ');
            switch (words)
            {
                case ["upstream", var state, var rtt, var queries, var answers, var failures, var address]:
                    sample.Upstreams.Add(new Upstream(address, state, Number(rtt), (long)Number(queries), (long)Number(answers), (long)Number(failures)));
                    break;
                case ["name", var count, var error, var name]:
                    sample.Names.Add(new Entry(name, (long)Number(count), (long)Number(error)));
                    break;
                case ["client", var count, var error, var client]:
                    sample.Clients.Add(new Entry(client, (long)Number(count), (long)Number(error)));
                    break;
                case ["interception", .. var rest]:
                    sample.Interception = string.Join(' ', rest);
                    break;
                case [var word, .. var values]:
                    sample._figures[word] = Array.ConvertAll(values, Number);
                    break;
            }
        }

        return sample;
    }

    public double Figure(string word, int index = 0) =>
        _figures.TryGetValue(word, out double[]? values) && values.Length > index ? values[index] : 0;

    private static double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : 0;
}
