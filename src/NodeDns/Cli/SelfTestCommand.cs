using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using NodeDns.Hosting;
using NodeDns.Logging;
using NodeDns.Wire;

namespace NodeDns.Cli;

/// <summary><c>nodedns selftest</c>: asks every listen address what clients ask, and looks at upstreams and interception.</summary>
internal sealed class SelfTestCommand(TextWriter output)
{
    private const string Skipped = "-";

    /// <summary>What a large answer over TCP must have, and over UDP cannot have.</summary>
    private const int LargeBytes = 3000;

    private readonly List<string> _failures = [];
    private int _checks;

    public static int Run(ServerOptions options, TextWriter output, TextWriter errors)
    {
        const string Request = "selftest begin";
        bool asked = ControlClient.TryAsk(options.ControlSocket, Request, out string plan);
        if (!asked || plan.StartsWith(ControlServer.ErrorPrefix, StringComparison.Ordinal))
        {
            errors.WriteLine($"nodedns: {(asked ? ControlClient.Refusal(options.ControlSocket, Request, plan) : plan)}");
            return 1;
        }

        return new SelfTestCommand(output).Check(plan.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private int Check(string[] plan)
    {
        TextTable table = new("ADDRESS", "OVER", "ZONE", "HIT", "MISS", "NXDOMAIN", "LARGE");
        foreach (string[] words in plan.Select(line => line.Split(' ')))
        {
            if (words is ["ask", var address, var zone, var planted, var miss, var nothing])
            {
                foreach (bool isTcp in new[] { false, true })
                {
                    table.Add(Row(IPEndPoint.Parse(address), isTcp, zone, planted, miss, nothing));
                }
            }
        }

        foreach (string line in table.Lines())
        {
            output.WriteLine(line);
        }

        output.WriteLine();
        CheckRest(plan);
        _failures.ForEach(failure => output.WriteLine($"FAILED  {failure}"));
        output.WriteLine($"{_checks} checks, {_failures.Count} failed");
        return _failures.Count == 0 ? 0 : 1;
    }

    private string[] Row(IPEndPoint address, bool isTcp, string zone, string planted, string miss, string nothing)
    {
        IPEndPoint reachable = ListenerSet.Reachable(address);
        string over = isTcp ? "tcp" : "udp";
        return
        [
            address.ToString(), over, zone,
            Ask("hit", planted, RecordType.A, reply => MessageHeader.GetAnswerCount(reply) == 1),
            Ask("miss", miss, RecordType.A, reply =>
                MessageHeader.GetRcode(reply) is ResponseCode.NoError or ResponseCode.NameError),
            Ask("NXDOMAIN", nothing, RecordType.A, reply => MessageHeader.GetRcode(reply) == ResponseCode.NameError),
            Ask("large answer", planted, RecordType.TXT, reply => isTcp
                ? reply.Length > LargeBytes
                : (MessageHeader.GetFlags(reply) & (ushort)HeaderFlags.Truncated) != 0 && reply.Length < LargeBytes),
        ];

        string Ask(string what, string name, RecordType type, Func<byte[], bool> isGood)
        {
            if (name == Skipped)
            {
                return Skipped;
            }

            _checks++;
            long began = Stopwatch.GetTimestamp();
            byte[]? reply = DnsExchange.Ask(reachable, name, type, isTcp, out string error);
            string time = string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(began).TotalMilliseconds:0.0} ms");
            if (reply is not null && isGood(reply))
            {
                return $"ok {time}";
            }

            string found = reply is null ? error
                : $"{ProtocolText.Of(MessageHeader.GetRcode(reply))}, {MessageHeader.GetAnswerCount(reply)} answers, {reply.Length} bytes";
            _failures.Add($"{what} of {address} over {over}: {found} ({name} {ProtocolText.Of(type)})");
            return "FAILED";
        }
    }

    /// <summary>Upstreams, interception, and what the server misses on its node.</summary>
    private void CheckRest(string[] plan)
    {
        string[][] upstreams = [.. plan.Select(line => line.Split(' ')).Where(words => words is ["upstream", _, _])];
        foreach (string[] words in upstreams)
        {
            output.WriteLine($"upstream      {words[2]} {words[1]}");
            Judge(words[1] == "up", $"upstream {words[2]} is {words[1]}");
        }

        string interception = plan.First(line => line.StartsWith("interception ", StringComparison.Ordinal))["interception ".Length..];
        output.WriteLine($"interception  {interception}");
        Judge(!interception.Contains("MISSING", StringComparison.Ordinal), $"interception: {interception}");
        foreach (string line in plan.Where(line => line.StartsWith("missing ", StringComparison.Ordinal)))
        {
            Judge(isGood: false, line["missing ".Length..]);
        }
    }

    private void Judge(bool isGood, string failure)
    {
        _checks++;
        if (!isGood)
        {
            _failures.Add(failure);
        }
    }
}
