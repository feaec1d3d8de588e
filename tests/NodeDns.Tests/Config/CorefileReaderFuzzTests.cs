using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using NodeDns.Config;
using Xunit;

namespace NodeDns.Tests.Config;

/// <summary>Whatever a file holds, reading it ends soon, throws nothing, and gives a config or errors, never both.</summary>
public sealed class CorefileReaderFuzzTests
{
    private const int DefaultSeconds = 2;

    private static readonly string[] s_words =
    [
        ".", "example.org", "a.b:53", "10.0.0.0/8", "{", "}", "{}", "\n", "\n", "\n", "\"", "#", ",", ";", "import", "(s)", "s", "*",
        "cache", "forward", "template", "rewrite", "hosts", "acl", "bind", "log", "errors", "health", "reload", "timeouts", "deny",
        "ndots_filter", "dns64", "header", "loadbalance", "prometheus", "ready", "bufsize", "kubernetes", "debug", "whoami",
        "success", "denial", "serve_stale", "immediate", "verify", "match", "answer", "fallthrough", "policy", "health_check",
        "except", "net", "type", "name", "regex", "suffix", "edns0", "local", "set", "consolidate", "class", "ttl", "lameduck",
        "0", "1", "-1", "30s", "1h", "5m", "99999999999999999999", "10.0.0.1", "::1", "[::1]:53", "tls://1.1.1.1%x", "https://h/",
        "/etc/resolv.conf", "localhost", "IN", "ANY", "A", "NXDOMAIN", "(.*)", "({1}", "{{ .Name }}", "{$X}", "{%X%}", "{$",
        "__PILLAR__LOCAL__DNS__", "__PILLAR__DNS__SERVER__", "__PILLAR__CLUSTER__DNS__:53", "\u00fc", "\ud800", "\0", "\\", "a;",
    ];

    private readonly FakeMachine _machine = new();

    [Fact]
    public void ReadText_RandomBytes_ErrorsAndNoException()
    {
        Run((random, _) =>
        {
            byte[] bytes = new byte[random.Next(1, 400)];
            random.NextBytes(bytes);
            return Encoding.UTF8.GetString(bytes);
        });
    }

    [Fact]
    public void ReadText_RandomWords_NoException() =>
        Run((random, _) => string.Join(random.Next(8) == 0 ? "" : " ", Enumerable.Range(0, random.Next(1, 120)).Select(_ => s_words[random.Next(s_words.Length)])));

    [Fact]
    public void ReadText_RealFilesMutated_NoException()
    {
        string[] samples =
        [
            .. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Config", "Corefiles"))
                .Order(StringComparer.Ordinal).Select(File.ReadAllText),
        ];
        Run((random, round) =>
        {
            var text = new StringBuilder(samples[round % samples.Length]);
            for (int i = random.Next(1, 10); i > 0; i--)
            {
                int at = random.Next(text.Length);
                switch (random.Next(4))
                {
                    case 0:
                        text.Remove(at, Math.Min(random.Next(1, 20), text.Length - at)).Append(' ');
                        break;
                    case 1:
                        text[at] = (char)random.Next(0, 0x250);
                        break;
                    case 2:
                        text.Insert(at, s_words[random.Next(s_words.Length)]);
                        break;
                    default:
                        text.Insert(at, text.ToString(at, Math.Min(random.Next(1, 60), text.Length - at)));
                        break;
                }
            }

            return text.ToString();
        });
    }

    private void Run(Func<Random, int, string> make)
    {
        _machine.Environment["X"] = "{$X}";
        _machine.Files["s"] = "import s\nwhoami\n";
        string? wanted = Environment.GetEnvironmentVariable("NODEDNS_FUZZ_SECONDS");
        double seconds = wanted is null ? DefaultSeconds / 3.0 : double.Parse(wanted, CultureInfo.InvariantCulture);
        int seed = wanted is null ? 20260101 : Environment.TickCount;
        long start = Stopwatch.GetTimestamp();
        for (int round = 0; Stopwatch.GetElapsedTime(start).TotalSeconds < seconds; round++)
        {
            string text = make(new Random(seed + round), round);
            try
            {
                CheckOne(text);
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed + round}: {e}\n{text}");
            }
        }
    }

    private void CheckOne(string text)
    {
        CorefileResult result = _machine.Read(text);

        Assert.NotEqual(result.Config is null, result.Errors.IsEmpty);
        Assert.All(result.Errors, error =>
        {
            Assert.True(error.Location.Line > 0 && error.Location.Column > 0);
            Assert.DoesNotContain(error.ToString(), char.IsControl);
            Assert.NotEqual("", error.Message);
        });
        if (result.Config is not null)
        {
            Assert.All(result.Config.Blocks, block => Assert.NotEmpty(block.Keys));
            Assert.Equal(result.Config.Hash, _machine.Read(text).Config!.Hash);
        }
    }
}
