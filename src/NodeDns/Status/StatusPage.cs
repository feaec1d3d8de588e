using System;
using System.Buffers;
using System.IO;
using System.Text;
using NodeDns.Admin;

namespace NodeDns.Status;

/// <summary>The page: one document with its style and script inside, put together from the files of the folder Page.</summary>
internal static class StatusPage
{
    private static readonly Lazy<byte[]> s_document = new(() => Encoding.UTF8.GetBytes(Resource("status.html")
        .Replace("{{style}}", Resource("status.css"), StringComparison.Ordinal)
        .Replace("{{script}}", Resource("status.js"), StringComparison.Ordinal)));

    /// <summary>
    /// The browser may run the one script and use the one style of the page, by their hashes, and ask this server for
    /// figures: nothing that a name could bring along.
    /// </summary>
    public static AdminRoute Route() => new("/", "text/html; charset=utf-8", body =>
    {
        body.Write(s_document.Value);
        return 200;
    })
    {
        Fields = $"Content-Security-Policy: {Resource("status.policy").Trim()}; connect-src 'self'; img-src data:; "
            + $"base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n{AdminRoute.OfTheMoment}",
    };

    private static string Resource(string name)
    {
        using Stream stream = typeof(StatusPage).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"the program was built without {name}");
        using StreamReader reader = new(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
