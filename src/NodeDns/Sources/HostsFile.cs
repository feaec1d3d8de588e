using System;
using System.IO;
using System.Net;
using NodeDns.Filters;

namespace NodeDns.Sources;

/// <summary>Reads a file in the format of /etc/hosts.</summary>
internal static class HostsFile
{
    /// <summary>The largest block lists in use have a few million lines; a file beyond this is a mistake.</summary>
    public const long MaxBytes = 256L * 1024 * 1024;

    /// <summary>How a file looked when it was read: when either changes it is read again.</summary>
    internal readonly record struct Stamp(DateTime Modified, long Length);

    /// <summary>Null when there is no file to read.</summary>
    public static Stamp? TryStamp(string path)
    {
        try
        {
            // A ConfigMap's file is a link into a folder that is swapped: only the target's times change.
            FileInfo file = new(path);
            FileSystemInfo target = file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
            return target is FileInfo { Exists: true } found ? new Stamp(found.LastWriteTimeUtc, found.Length) : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Adds every line's names; false with one line of text when the file cannot be read.</summary>
    /// <param name="badLines">How many lines were skipped, and the number of the first.</param>
    public static bool TryRead(
        string path, byte[][] zones, HostsTable.Builder table, out (int Count, int First) badLines, out string error)
    {
        badLines = default;
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
            {
                error = $"is larger than {MaxBytes} bytes";
                return false;
            }

            int number = 0;
            foreach (string line in File.ReadLines(path))
            {
                number++;
                if (!TryAddLine(line, zones, table))
                {
                    badLines = (badLines.Count + 1, badLines.Count == 0 ? number : badLines.First);
                }
            }

            error = "";
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            error = failure.Message;
            return false;
        }
    }

    /// <summary>False for a line that is neither empty nor an address with names.</summary>
    public static bool TryAddLine(ReadOnlySpan<char> line, byte[][] zones, HostsTable.Builder table)
    {
        int comment = line.IndexOf('#');
        line = comment < 0 ? line : line[..comment];
        IPAddress? address = null;
        bool named = false;
        bool good = true;
        foreach (Range part in line.SplitAny(' ', '\t', '\r', '\v', '\f'))
        {
            ReadOnlySpan<char> field = line[part];
            if (field.IsEmpty)
            {
                continue;
            }

            if (address is null)
            {
                if (!TryAddress(field, out address))
                {
                    return false;
                }
            }
            else if (WireName.TryParse(field, out byte[] name))
            {
                named = true;
                if (WireName.IsInAny(name, zones))
                {
                    table.Add(address, name);
                }
            }
            else
            {
                good = false;
            }
        }

        return good && (address is null || named);
    }

    private static bool TryAddress(ReadOnlySpan<char> text, out IPAddress? address)
    {
        // Link-local lines carry an interface (fe80::1%lo0), which means nothing in a record.
        int scope = text.IndexOf('%');
        text = scope < 0 ? text : text[..scope];
        address = null;

        // Only the full dotted form: IPAddress would also read "1" or "0x7f.1".
        bool plausible = text.Contains(':') || text.Count('.') == 3;
        return plausible && !text.ContainsAny("xX[]") && IPAddress.TryParse(text, out address);
    }
}
