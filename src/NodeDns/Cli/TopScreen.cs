using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using NodeDns.Hosting;
using NodeDns.Logging;

namespace NodeDns.Cli;

/// <summary>One frame of <c>nodedns top</c>: lines no wider and no more than the terminal has room for.</summary>
/// <param name="width">Columns.</param>
/// <param name="height">Lines; the last one explains the keys.</param>
/// <param name="hasColor">Whether the terminal takes ANSI sequences.</param>
internal sealed class TopScreen(int width, int height, bool hasColor)
{
    private const int LeastNameColumns = 16;
    private const int EntryColumns = 20;
    private const int LegendLines = 2;
    private readonly List<string> _lines = [];

    /// <param name="now">The latest look.</param>
    /// <param name="before">The one before, for everything that is per second.</param>
    /// <param name="seconds">Between the two.</param>
    /// <param name="view">The lists wanted.</param>
    /// <param name="isPaused">Whether the figures stand still.</param>
    public List<string> Draw(TopSample now, TopSample before, double seconds, TopView view, bool isPaused)
    {
        double queries = Rate("queries");
        Add($"nodedns top   up {UpstreamsText.Span((long)now.Figure("up"))}   interception {now.Interception}{(isPaused ? "   PAUSED" : "")}", Bold);
        Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{queries:#,0} queries/s   hits {Share("hits")}   stale {Share("stale")}   SERVFAIL {Share("servfail")}   NXDOMAIN {Share("nxdomain")}"));
        Add($"forwarded {Share("misses")}   joined {Share("coalesced")}   made here {Share("local")}   refused {Share("refused")}");
        Add($"filters: ndots {Share("ndots")}   acl {Share("acl")}   deny {Share("deny")}   any {Share("any")}");
        Add($"time here: half within {Time(now.Figure("here"))}, 99 % {Time(now.Figure("here", 1))}   from upstreams: half {Waited(now.Figure("waited"))}, 99 % {Waited(now.Figure("waited", 1))}");
        Add($"waiting {now.Figure("inflight"):0} questions   tcp clients {now.Figure("tcp"):0}");
        Add("");
        AddUpstreams(now, before, seconds);
        Add("");
        AddLists(now, queries, view);
        while (_lines.Count > height - LegendLines)
        {
            _lines.RemoveAt(_lines.Count - 1);
        }

        Add("hits: from memory   stale: expired, no fresh answer   joined: one asked for many", Dim);
        Add("keys: q quit   space pause   n names   c clients   b both", Dim);
        return _lines;

        double Rate(string word) => Math.Max(0, now.Figure(word) - before.Figure(word)) / seconds;

        string Share(string word) => queries == 0
            ? "-"
            : string.Create(CultureInfo.InvariantCulture, $"{100 * Rate(word) / queries:0.0} %");
    }

    private const string Bold = "1";
    private const string Dim = "2";
    private const string Alarm = "1;31";

    /// <summary>Cut to the width; whatever is in it, no control character reaches the terminal.</summary>
    private void Add(string text, string style = "")
    {
        string clean = LogLine.Clean(text);
        clean = clean.Length > width ? clean[..width] : clean;
        _lines.Add(hasColor && style.Length > 0 ? $"\e[{style}m{clean}\e[0m" : clean);
    }

    private void AddUpstreams(TopSample now, TopSample before, double seconds)
    {
        TextTable table = new("UPSTREAM", "STATE", "RTT", "QUERIES/S", "ANSWERS/S", "FAILED/S");
        foreach (TopSample.Upstream one in now.Upstreams)
        {
            TopSample.Upstream old = before.Upstreams.FirstOrDefault(known => known.Text == one.Text);
            table.Add(
                one.Text, one.State, one.RttMilliseconds > 0 ? string.Create(CultureInfo.InvariantCulture, $"{one.RttMilliseconds:0.0} ms") : "-",
                PerSecond(one.Queries - old.Queries), PerSecond(one.Answers - old.Answers), PerSecond(one.Failures - old.Failures));
        }

        int row = 0;
        foreach (string line in table.Lines())
        {
            bool isTitle = row == 0;
            Add(line, isTitle ? Bold : now.Upstreams[row - 1].State == "up" ? "" : Alarm);
            row++;
        }

        string PerSecond(long difference) => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, difference) / seconds:#,0}");
    }

    private void AddLists(TopSample now, double queries, TopView view)
    {
        double counted = now.Figure("counted");
        string[] names = view == TopView.Clients ? [] : [.. List("NAME", now.Names)];
        string[] clients = view == TopView.Names ? [] : [.. List("CLIENT", now.Clients)];
        int left = view == TopView.Both ? Math.Max(LeastNameColumns, width - (EntryColumns * 2) - 2) : width;
        for (int i = 0; i < Math.Max(names.Length, clients.Length); i++)
        {
            string name = i < names.Length ? names[i] : "";
            string client = i < clients.Length ? clients[i] : "";
            string line = view switch
            {
                TopView.Names => name,
                TopView.Clients => client,
                _ => Fit(name, left) + "  " + client,
            };
            Add(line, i == 0 ? Bold : "");
        }

        IEnumerable<string> List(string title, List<TopSample.Entry> entries) =>
        [
            $"{"SHARE",7} {"Q/S",8}  {title}",
            .. entries.Select(one => string.Create(
                CultureInfo.InvariantCulture,
                $"{(counted == 0 ? 0 : 100 * one.Count / counted),5:0.0} % {(counted == 0 ? 0 : queries * one.Count / counted),8:#,0}  {one.Text}")),
        ];
    }

    private static string Fit(string text, int columns) => text.Length > columns ? text[..columns] : text.PadRight(columns);

    /// <summary>Measured with the clock of timers, which counts milliseconds.</summary>
    private static string Waited(double microseconds) => microseconds is > 0 and < 1000 ? "under 1 ms" : Time(microseconds);

    private static string Time(double microseconds) => microseconds switch
    {
        0 => "-",
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{microseconds:0.#} us"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1000:0.#} ms"),
    };
}
