using System;
using System.Collections.Immutable;
using System.IO;
using NodeDns.Config;
using NodeDns.Config.Values;

namespace NodeDns.Hosting;

/// <summary>Where the config of this server comes from: a file, standard input or the embedded default.</summary>
/// <param name="Name">The file's path, or what stands for one in messages.</param>
/// <param name="IsFile">Whether the name is a path to read again at every reload.</param>
/// <param name="IsEmbedded">Whether nobody gave a config.</param>
internal sealed record CorefileSource(string Name, bool IsFile, bool IsEmbedded, string Text)
{
    private const string ResolvConfPath = "/etc/resolv.conf";

    /// <summary>
    /// -conf - is standard input. A node-cache command line (-localip) with its template in place, or an explicit
    /// -basecorefile, means the template; node-cache would write its result to -conf, we need no written copy.
    /// </summary>
    public static CorefileSource Choose(ServerOptions options, Func<TextReader> input, ICorefileFiles files)
    {
        if (options.ConfigPath == "-")
        {
            return new CorefileSource("stdin", false, false, input().ReadToEnd());
        }

        if (options.BaseCorefile is not null)
        {
            return OfFile(options.BaseCorefile);
        }

        if (!options.LocalAddresses.IsEmpty && files.Exists(ServerOptions.DefaultBaseCorefile))
        {
            return OfFile(ServerOptions.DefaultBaseCorefile);
        }

        return options.ConfigPath is null ? Embedded(files) : OfFile(options.ConfigPath);
    }

    public static CorefileSource OfFile(string path) => new(path, true, false, "");

    public CorefileResult Read(CorefileContext context) =>
        IsFile ? CorefileReader.Read(Name, context) : CorefileReader.ReadText(Text, Name, context);

    /// <summary>Reads the config after something was added to its text.</summary>
    public CorefileResult Read(CorefileContext context, Func<string, string> extend)
    {
        string? text = IsFile ? context.Files.TryRead(Name, out _) : Text;
        return text is null ? Read(context) : CorefileReader.ReadText(extend(text), Name, context);
    }

    /// <summary>What to watch for changes of the config just read.</summary>
    public ImmutableArray<string> FilesToWatch(CorefileResult result) =>
        IsFile ? result.FilesRead : result.FilesRead.Remove(Name);

    private static CorefileSource Embedded(ICorefileFiles files)
    {
        string? resolvConf = files.TryRead(ResolvConfPath, out _);
        bool canForward = resolvConf is not null && !ResolvConf.Servers(resolvConf).IsEmpty;
        return new CorefileSource(EmbeddedCorefile.Name, false, true, EmbeddedCorefile.Text(canForward));
    }
}
