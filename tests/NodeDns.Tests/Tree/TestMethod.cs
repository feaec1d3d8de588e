using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace NodeDns.Tests.Tree;

/// <summary>A method of a test project as text: enough to see whether it asserts.</summary>
/// <remarks>Reads by indentation, which the format check guarantees: a body ends at the first line as deep as its head.</remarks>
internal sealed partial record TestMethod(string File, string Name, bool IsTest, string Body)
{
    public bool SaysAssert => Body.Contains("Assert.", StringComparison.Ordinal);

    public bool CallsAny(HashSet<string> names) => Calls().Matches(Body).Any(call => names.Contains(call.Groups[1].Value));

    public static IEnumerable<TestMethod> In(string file)
    {
        string[] lines = SourceTree.Read(file).Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            Match head = Head().Match(lines[i]);
            if (!head.Success)
            {
                continue;
            }

            int end = EndOfBody(lines, i, head.Groups["indent"].Value);
            string body = string.Join('\n', lines[i..end])[head.Length..];
            yield return new TestMethod(file, head.Groups["name"].Value, HasTestAttribute(lines, i), body);
        }
    }

    private static int EndOfBody(string[] lines, int head, string indent)
    {
        bool hasBlock = false;
        for (int i = head; i < lines.Length; i++)
        {
            hasBlock |= lines[i] == indent + "{";
            if ((hasBlock && lines[i] == indent + "}") || (!hasBlock && lines[i].EndsWith(';')))
            {
                return i + 1;
            }
        }

        return lines.Length;
    }

    private static bool HasTestAttribute(string[] lines, int head)
    {
        for (int i = head - 1; i >= 0 && lines[i].Trim().Length > 0 && lines[i].Trim() is not ("{" or "}"); i--)
        {
            if (Attribute().IsMatch(lines[i]))
            {
                return true;
            }
        }

        return false;
    }

    [GeneratedRegex(@"^(?<indent> {4,})(?:public|private|internal|protected)[\w<>\[\]?,. ()]*? (?<name>\w+)(?:<\w+>)?\(")]
    private static partial Regex Head();

    [GeneratedRegex(@"^\s*\[\w*(?:Fact|Theory)\b")]
    private static partial Regex Attribute();

    [GeneratedRegex(@"\b(\w+)(?:<[^<>()]*>)?\(")]
    private static partial Regex Calls();
}
