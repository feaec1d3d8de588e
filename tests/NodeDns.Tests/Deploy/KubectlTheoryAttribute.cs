using System;
using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit;

namespace NodeDns.Tests.Deploy;

/// <summary>A theory that needs kubectl with kustomize 5 or newer (kubectl 1.27), and says so where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KubectlTheoryAttribute : TheoryAttribute
{
    private const int OldestKustomize = 5;
    private static readonly Lazy<string?> s_missing = new(Missing);

    public KubectlTheoryAttribute() => Skip = s_missing.Value;

    private static string? Missing()
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("kubectl", "version --client") { RedirectStandardOutput = true })!;
            string output = process.StandardOutput.ReadToEnd();
            Match version = Regex.Match(output, @"Kustomize Version: v(\d+)");
            return version.Success && int.Parse(version.Groups[1].Value, null) >= OldestKustomize
                ? null : $"needs kubectl with kustomize {OldestKustomize} or newer";
        }
        catch (Win32Exception)
        {
            return "needs kubectl";
        }
    }
}
