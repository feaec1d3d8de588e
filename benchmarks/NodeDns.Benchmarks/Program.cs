using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace NodeDns.Benchmarks;

/// <summary>Runs the micro benchmarks and compares what they allocate with the checked baseline.</summary>
/// <remarks>Times depend on the machine and are only printed. Allocated bytes do not, so they are checked: exit code 1.</remarks>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        IConfig config = ManualConfig.CreateEmpty()
            .AddJob(Job.Default
                .WithToolchain(InProcessEmitToolchain.Instance)
                .WithWarmupCount(3).WithIterationCount(8))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(ConsoleLogger.Default);
        string[] filter = arguments.Length == 0 ? ["--filter", "*"] : arguments;
        List<Summary> summaries =
            [.. BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(filter, config)];
        return Check(summaries.SelectMany(summary => summary.Reports)) ? 0 : 1;
    }

    private static bool Check(IEnumerable<BenchmarkReport> reports)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "allocated.json");
        Dictionary<string, long> baseline =
            JsonSerializer.Deserialize<Dictionary<string, long>>(File.ReadAllText(path))!;
        bool isGood = true;
        int measured = 0;
        foreach (BenchmarkReport report in reports)
        {
            string name = $"{report.BenchmarkCase.Descriptor.Type.Name}.{report.BenchmarkCase.Descriptor.WorkloadMethod.Name}";
            long? bytes = report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase);
            measured++;
            if (bytes is null || !baseline.TryGetValue(name, out long allowed) || bytes > allowed)
            {
                isGood = false;
                Console.WriteLine($"{name}: {bytes?.ToString() ?? "not measured"} bytes, the baseline says "
                    + (baseline.TryGetValue(name, out long known) ? $"{known}" : "nothing"));
            }
        }

        Console.WriteLine($"allocated bytes of {measured} benchmarks {(isGood ? "are" : "are NOT")} within the baseline");
        return isGood && measured > 0;
    }
}
