using System.Collections.Immutable;
using System.Linq;
using NodeDns.Config.Syntax;

namespace NodeDns.Config;

/// <summary>Corefile text to config: all errors at once, or a config with everything filled in.</summary>
/// <remarks>Text, tokens (with variables and imports put in), tree of blocks, config of each block, checks across blocks.</remarks>
internal static class CorefileReader
{
    /// <summary>Reads the file at <paramref name="path"/>; a file that cannot be read is one of the errors.</summary>
    public static CorefileResult Read(string path, CorefileContext context)
    {
        string? text = context.Files.TryRead(path, out string error);
        if (text is not null)
        {
            return ReadText(text, path, context);
        }

        var unreadable = new ConfigError(new SourceLocation(path, 1, 1), null, $"cannot read the file: {error}");
        return new CorefileResult(null, [unreadable], [], [path]);
    }

    /// <summary>Reads a text; <paramref name="name"/> stands in errors and is what imports are relative to.</summary>
    public static CorefileResult ReadText(string text, string name, CorefileContext context)
    {
        var errors = new ErrorList();
        var state = new ReadingState(context, errors);
        var stream = new TokenStream(state);
        state.Watch(name);
        stream.Start(text, name);
        ImmutableArray<ServerBlockSyntax> blocks = new CorefileParser(stream, errors).Parse();
        if (blocks.IsEmpty && !errors.HasErrors)
        {
            errors.Add(new SourceLocation(name, 1, 1), null, "no server block; expected for example \". {\"");
        }

        var reader = new ServerBlockReader(state);
        ImmutableArray<ServerBlockConfig> configs = [.. blocks.Select(reader.Read)];
        new BlockChecks(context, errors).Check(configs);

        ImmutableArray<string> warnings = errors.Warnings();
        NodeDnsConfig? config = errors.HasErrors
            ? null
            : new NodeDnsConfig(configs, CorefileHash.Of(blocks, configs), warnings);
        return new CorefileResult(config, errors.Sorted(), warnings, state.FilesRead);
    }
}
