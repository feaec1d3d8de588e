using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Conformance;

/// <summary>A wall clock that jumps: N10.</summary>
/// <remarks>
/// The machine's clock stays as it is: a small library, preloaded into the server, adds an offset from a file to
/// what the C library says of the wall clock.
/// </remarks>
public sealed class WallClockTests
{
    private const string Shim = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <sys/time.h>
        #include <time.h>
        static long offset(void) {
            const char *path = getenv("WALL_OFFSET_FILE");
            long seconds = 0;
            FILE *file = path ? fopen(path, "r") : NULL;
            if (file) { if (fscanf(file, "%ld", &seconds) != 1) seconds = 0; fclose(file); }
            return seconds;
        }
        int clock_gettime(clockid_t id, struct timespec *now) {
            static int (*real)(clockid_t, struct timespec *);
            if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
            int result = real(id, now);
            if (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE) now->tv_sec += offset();
            return result;
        }
        time_t time(time_t *out) {
            struct timespec now; clock_gettime(CLOCK_REALTIME, &now);
            if (out) *out = now.tv_sec;
            return now.tv_sec;
        }
        int gettimeofday(struct timeval *out, void *zone) {
            (void)zone;
            struct timespec now; clock_gettime(CLOCK_REALTIME, &now);
            out->tv_sec = now.tv_sec; out->tv_usec = now.tv_nsec / 1000;
            return 0;
        }
        """;

    [NeedsFact(Need.Compiler)]
    [Trait("Statement", "N10")]
    public async Task N10_WallClockJumpsAnHour_TtlsStayAsTheyAre()
    {
        string folder = Directory.CreateTempSubdirectory("nodedns-clock-").FullName;
        string library = Path.Combine(folder, "wall.so");
        string offset = Path.Combine(folder, "offset");
        try
        {
            await CompileAsync(folder, library);
            await using var upstream = new FakeUpstream();
            int port = FreePort.Next();
            await using NodeDnsProcess server = await NodeDnsProcess.StartAsync(new NodeDnsOptions
            {
                Port = port,
                Corefile = $".:{port} {{\n bind 127.0.0.1\n forward . 127.0.0.1:{upstream.Port}\n cache\n}}\n",
                Environment = new Dictionary<string, string> { ["LD_PRELOAD"] = library, ["WALL_OFFSET_FILE"] = offset },
            });
            string name = ServerFixture.NewName();
            await server.Client.UdpAsync(name);
            foreach (int seconds in (int[])[3600, -3600, 0])
            {
                await File.WriteAllTextAsync(offset, seconds.ToString(CultureInfo.InvariantCulture));
                Assert.InRange((await server.Client.UdpAsync(name)).Answers[0].Ttl, 285u, 300u);
            }

            Assert.Equal(1, upstream.Count(name));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task CompileAsync(string folder, string library)
    {
        string source = Path.Combine(folder, "wall.c");
        await File.WriteAllTextAsync(source, Shim);
        CommandResult result = await CommandResult.RunAsync(
            "cc", ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"]);
        Assert.True(result.ExitCode == 0, result.All);
    }
}
