using System.Collections.Immutable;

namespace NodeDns.Config;

/// <summary>Corefile text to config: all errors at once, or a config with everything filled in.</summary>
internal static class CorefileReader
{
    /// <summary>Reads the file at <paramref name="path"/>; a file that cannot be read is one of the errors.</summary>
    public static CorefileResult Read(string path, CorefileContext context)
    {
        string? text = context.Files.TryRead(path, out string error);
        return text is null
            ? new CorefileResult(null, [new ConfigError(new SourceLocation(path, 1, 1), null, error)], [], [path])
            : ReadText(text, path, context);
    }

    /// <summary>Reads a text; <paramref name="name"/> stands in errors and is what imports are relative to.</summary>
    public static CorefileResult ReadText(string text, string name, CorefileContext context)
    {
        var error = new ConfigError(new SourceLocation(name, 1, 1), null, "the reader is not finished");
        return new CorefileResult(null, [error], [], ImmutableArray.Create(name));
    }
}
