using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace NodeDns.Load;

/// <summary>What one run of the load generator does, as given on the command line.</summary>
internal sealed record LoadOptions
{
    public const string Usage = """
        usage: nodedns-load udp|tcp ADDRESS:PORT [options]
               nodedns-load limit ADDRESS:PORT      the limit program's loop in C#, as a server

        how      --sockets S          sockets or TCP connections (32)
                 --outstanding W      questions in flight on each (16); a closed loop unless there is a rate
                 --rate R             open loop: R questions a second, timed from when each was due
                 --sources A,B,...    own addresses to send from, dealt out over the sockets
        what     --zone ZONE          names asked are n0.ZONE to nN.ZONE (bench.test)
                 --names N            how many of them (10000)
                 --zipf S             exponent of their popularity (1.0); 0 asks all alike
                 --misses PERCENT     share of questions for unique names (0)
                 --miss-zone ZONE     where the unique names are (w.ZONE)
                 --no-prime           do not ask every name once before measuring
                 --edns               send an OPT record, payload size 1232
                 --rcode N            response code a right answer has (0)
        long     --seconds T          measured time (5)
                 --warmup T           the same load before that, not counted (1)
                 --timeout T          a question unanswered for so long is lost (2)
        report   --server-pid P,...   processes whose CPU and memory are reported
                 --json               one line of JSON instead of text
                 --tolerate-lost F    share of lost questions that is no failure (0.001)
                 --seed N             seed of everything random (1)
        """;

    public bool IsTcp { get; private set; }

    public IPEndPoint Server { get; private set; } = new(IPAddress.Loopback, 53);

    public int Sockets { get; private set; } = 32;

    public int Outstanding { get; private set; } = 16;

    /// <summary>Questions a second; 0 for a closed loop.</summary>
    public double Rate { get; private set; }

    public IReadOnlyList<IPAddress> Sources { get; private set; } = [];

    public string Zone { get; private set; } = "bench.test";

    public string MissZone { get; private set; } = "";

    public int Names { get; private set; } = 10_000;

    public double Zipf { get; private set; } = 1.0;

    public double MissPercent { get; private set; }

    public bool Prime { get; private set; } = true;

    public bool Edns { get; private set; }

    public int Rcode { get; private set; }

    public double Seconds { get; private set; } = 5;

    public double WarmupSeconds { get; private set; } = 1;

    public double TimeoutSeconds { get; private set; } = 2;

    public IReadOnlyList<int> ServerPids { get; private set; } = [];

    public bool Json { get; private set; }

    public double TolerateLost { get; private set; } = 0.001;

    public int Seed { get; private set; } = 1;

    public static bool TryParse(
        string[] args, [NotNullWhen(true)] out LoadOptions? options, [NotNullWhen(false)] out string? problem)
    {
        options = null;
        problem = Usage;
        if (args.Length < 2 || args[0] is not ("udp" or "tcp"))
        {
            return false;
        }

        if (!IPEndPoint.TryParse(args[1], out IPEndPoint? server) || server.Port == 0)
        {
            problem = $"nodedns-load: expected ADDRESS:PORT, found \"{args[1]}\"";
            return false;
        }

        LoadOptions parsed = new() { IsTcp = args[0] == "tcp", Server = server };
        for (int i = 2; i < args.Length; i++)
        {
            bool isFlag = parsed.TrySetFlag(args[i]);
            if (!isFlag && (i + 1 == args.Length || !parsed.TrySet(args[i], args[++i])))
            {
                problem = $"nodedns-load: unknown option or wrong value: {string.Join(' ', args[Math.Min(i - 1, 2)..])}";
                return false;
            }
        }

        if (parsed.MissZone.Length == 0)
        {
            parsed.MissZone = "w." + parsed.Zone;
        }

        options = parsed;
        problem = null;
        return true;
    }

    private bool TrySetFlag(string name)
    {
        switch (name)
        {
            case "--json":
                return Json = true;
            case "--edns":
                return Edns = true;
            case "--no-prime":
                Prime = false;
                return true;
            default:
                return false;
        }
    }

    private bool TrySet(string name, string value)
    {
        switch (name)
        {
            case "--zone":
                Zone = value.TrimEnd('.');
                return Zone.Length > 0;
            case "--miss-zone":
                MissZone = value.TrimEnd('.');
                return MissZone.Length > 0;
            case "--sources":
                return TryList(value, text => IPAddress.Parse(text), list => Sources = list);
            case "--server-pid":
                return TryList(value, text => int.Parse(text, CultureInfo.InvariantCulture), list => ServerPids = list);
            default:
                return double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                    && TrySetNumber(name, number);
        }
    }

    private bool TrySetNumber(string name, double number)
    {
        switch (name)
        {
            case "--sockets":
                Sockets = (int)number;
                return Sockets is >= 1 and <= 10_000;
            case "--outstanding":
                Outstanding = (int)number;
                return Outstanding is >= 1 and <= OutstandingTable.MaxSlots;
            case "--rate":
                Rate = number;
                return number >= 1;
            case "--names":
                Names = (int)number;
                return Names is >= 1 and <= 10_000_000;
            case "--zipf":
                Zipf = number;
                return number is >= 0 and <= 5;
            case "--misses":
                MissPercent = number;
                return number is >= 0 and <= 100;
            case "--rcode":
                Rcode = (int)number;
                return Rcode is >= 0 and <= 15;
            case "--seconds":
                Seconds = number;
                return number > 0;
            case "--warmup":
                WarmupSeconds = number;
                return number >= 0;
            case "--timeout":
                TimeoutSeconds = number;
                return number > 0;
            case "--tolerate-lost":
                TolerateLost = number;
                return number is >= 0 and <= 1;
            case "--seed":
                Seed = (int)number;
                return true;
            default:
                return false;
        }
    }

    private static bool TryList<T>(string text, Func<string, T> parse, Action<List<T>> set)
    {
        List<T> items = [];
        try
        {
            foreach (string part in text.Split(','))
            {
                items.Add(parse(part));
            }
        }
        catch (FormatException)
        {
            return false;
        }

        set(items);
        return true;
    }
}
