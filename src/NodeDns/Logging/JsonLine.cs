using System;
using System.Buffers;
using System.Globalization;
using System.Text;

namespace NodeDns.Logging;

/// <summary>A log line as one JSON object (RFC 8259), for collectors: time, level, kind and msg.</summary>
internal static class JsonLine
{
    /// <summary>Writes the object and the line's end.</summary>
    /// <param name="output">Gets the line.</param>
    /// <param name="level">How serious.</param>
    /// <param name="kind">"query" for the log directive, else "server".</param>
    /// <param name="text">Printable ASCII: of that JSON wants two characters escaped.</param>
    public static void Write(IBufferWriter<byte> output, LogLevel level, string kind, ReadOnlySpan<byte> text)
    {
        string word = level switch
        {
            LogLevel.Info => "info",
            LogLevel.Warning => "warning",
            _ => "error",
        };
        string time = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        Encoding.ASCII.GetBytes($"{{\"time\":\"{time}\",\"level\":\"{word}\",\"kind\":\"{kind}\",\"msg\":\"", output);
        for (int special = text.IndexOfAny((byte)'"', (byte)'\\'); special >= 0; special = text.IndexOfAny((byte)'"', (byte)'\\'))
        {
            output.Write(text[..special]);
            output.Write("\\"u8);
            output.Write(text.Slice(special, 1));
            text = text[(special + 1)..];
        }

        output.Write(text);
        output.Write("\"}\n"u8);
    }
}
