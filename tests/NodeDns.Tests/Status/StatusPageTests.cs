using System;
using System.Buffers;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using NodeDns.Admin;
using NodeDns.Status;
using Xunit;

namespace NodeDns.Tests.Status;

public sealed class StatusPageTests
{
    private static readonly AdminRoute s_route = StatusPage.Route();
    private static readonly string s_document = Document();

    [Fact]
    public void Policy_OfThePage_AllowsItsOwnStyleAndScriptAndNothingElse()
    {
        string policy = Regex.Match(s_route.Fields, "Content-Security-Policy: (.*)\r\n").Groups[1].Value;

        Assert.Equal(
            $"default-src 'none'; style-src '{HashOf("style")}'; script-src '{HashOf("script")}'; connect-src 'self'; "
            + "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            policy);
    }

    [Fact]
    public void Document_Whole_LoadsNothingFromAnywhere()
    {
        string[] addresses =
        [
            .. Regex.Matches(s_document, @"(?:https?:)?//[\w.-]+\.\w+[^\s""']*|(?:src|href)=""([^""]*)""").Select(match => match.Value),
        ];

        Assert.Equal(
            ["href=\"data:,\"", "href=\"api/v1/stats\"", "href=\"metrics\"", "href=\"api/v1/stats\""],
            addresses.Where(address => !address.StartsWith("http://www.w3.org/2000/svg", StringComparison.Ordinal)));
        Assert.DoesNotMatch(@"@import|url\(", s_document);
    }

    [Fact]
    public void Script_PutsTextOnThePage_NeverAsMarkup() =>
        Assert.DoesNotMatch(@"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|\bon\w+=", s_document);

    [Fact]
    public void Document_Whole_IsSmall() => Assert.InRange(s_document.Length, 10_000, 40_000);

    private static string HashOf(string tag)
    {
        string text = Regex.Match(s_document, $"<{tag}>(.*?)</{tag}>", RegexOptions.Singleline).Groups[1].Value;
        return "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private static string Document()
    {
        ArrayBufferWriter<byte> body = new();
        Assert.Equal(200, s_route.Write(body));
        return Encoding.UTF8.GetString(body.WrittenSpan);
    }
}
