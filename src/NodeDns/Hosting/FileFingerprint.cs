using System;
using System.Collections.Immutable;
using System.IO;
using System.Text;
using NodeDns.Config.Values;

namespace NodeDns.Hosting;

/// <summary>One hash over the contents of several files.</summary>
/// <remarks>
/// By content and not by time: a ConfigMap volume is exchanged by renaming a symbolic link, which leaves the times of
/// the files as they were written elsewhere.
/// </remarks>
internal static class FileFingerprint
{
    public static string Of(ImmutableArray<string> files)
    {
        Fingerprint hash = new();
        byte[] block = new byte[16 * 1024];
        foreach (string file in files)
        {
            hash.Add(Encoding.UTF8.GetBytes(file));
            hash.Add([0]);
            AppendContent(ref hash, file, block);
        }

        return hash.ToString();
    }

    private static void AppendContent(ref Fingerprint hash, string file, byte[] block)
    {
        try
        {
            using FileStream stream = File.OpenRead(file);
            for (int count = stream.Read(block); count > 0; count = stream.Read(block))
            {
                hash.Add(block.AsSpan(0, count));
            }

            hash.Add([1]);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // A file that is not there now is a state of its own: its coming and going are changes.
            hash.Add([2]);
        }
    }
}
