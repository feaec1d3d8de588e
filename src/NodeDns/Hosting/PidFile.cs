using System;
using System.Globalization;
using System.IO;

namespace NodeDns.Hosting;

/// <summary>The file that names our process id once the server answers; removed at the end.</summary>
internal sealed class PidFile : IDisposable
{
    private readonly string _path;

    private PidFile(string path) => _path = path;

    /// <summary>Writes the file, or says in one line why it cannot.</summary>
    public static PidFile? TryWrite(string path, out string error)
    {
        try
        {
            File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n"));
            error = "";
            return new PidFile(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            error = $"cannot write the pid file {path}: {failure.Message}";
            return null;
        }
    }

    public void Dispose()
    {
        try
        {
            // A successor may have written its own number by now; that file is not ours to remove.
            if (File.ReadAllText(_path).Trim() == Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
            {
                File.Delete(_path);
            }
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // A pid file left behind names a process that no longer is; nothing depends on its absence.
        }
    }
}
