using System.Text;

namespace NodeDns.Config.Values;

/// <summary>How a piece of a Corefile is shown in a message: quoted, on one line, of bounded length.</summary>
internal static class Shown
{
    private const int MaxLength = 80;

    public static string Text(string text)
    {
        var shown = new StringBuilder("\"", text.Length + 2);
        foreach (char c in text)
        {
            if (shown.Length > MaxLength)
            {
                shown.Append("...");
                break;
            }

            // Control characters and halves of surrogate pairs would spoil a log line or a terminal.
            if (char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029')
            {
                shown.Append(c switch { '\n' => "\\n", '\t' => "\\t", '\r' => "\\r", _ => $"\\u{(int)c:x4}" });
            }
            else
            {
                shown.Append(c);
            }
        }

        return shown.Append('"').ToString();
    }
}
