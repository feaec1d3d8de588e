using System;
using System.Collections.Immutable;
using System.IO;
using System.Text;

namespace NodeDns.Config;

/// <summary>The files of this machine, read whole and only up to <see cref="MaxFileBytes"/>.</summary>
internal sealed class CorefileFiles : ICorefileFiles
{
    /// <summary>A ConfigMap holds at most 1 MiB; four times that is a mistake, not a config.</summary>
    public const int MaxFileBytes = 4 * 1024 * 1024;

    public static ICorefileFiles OfSystem { get; } = new CorefileFiles();

    private CorefileFiles()
    {
    }

    public string? TryRead(string path, out string error)
    {
        try
        {
            if (Directory.Exists(path))
            {
                error = "is a folder";
                return null;
            }

            // Devices and pipes have no length and may never end: read with the bound, do not ask for the size.
            using FileStream stream = File.OpenRead(path);
            var bytes = new MemoryStream();
            var block = new byte[64 * 1024];
            for (int read; (read = stream.Read(block)) > 0;)
            {
                bytes.Write(block, 0, read);
                if (bytes.Length > MaxFileBytes)
                {
                    error = $"is larger than {MaxFileBytes} bytes";
                    return null;
                }
            }

            error = "";
            return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            error = "no such file";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException
                                      or NotSupportedException)
        {
            error = e.Message;
        }

        return null;
    }

    public bool Exists(string path) => File.Exists(path);

    public ImmutableArray<string> List(string folder)
    {
        try
        {
            string[] files = Directory.GetFiles(folder);
            Array.Sort(files, StringComparer.Ordinal);
            return [.. files];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [];
        }
    }
}
