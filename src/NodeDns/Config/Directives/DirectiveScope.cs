using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using NodeDns.Config.Syntax;
using NodeDns.Config.Values;
using NodeDns.Templates;

namespace NodeDns.Config.Directives;

/// <summary>One directive while it is read: its words, and what readers need to check them and to complain.</summary>
/// <remarks>Try-methods report what is wrong before they return false, so a reader only has to go on.</remarks>
internal sealed class DirectiveScope(BlockScope scope, DirectiveSyntax directive)
{
    public ReadingState State => scope.State;

    public ICorefileFiles Files => scope.State.Context.Files;

    public ServerBlockConfig Block
    {
        get => scope.Block;
        set => scope.Block = value;
    }

    public Token Name => directive.Name;

    public ImmutableArray<Token> Arguments => directive.Arguments;

    public ImmutableArray<DirectiveSyntax> Options => directive.Block;

    public ImmutableArray<string> BlockZones => scope.Zones;

    /// <summary>How many mistakes there are so far: unchanged after a piece of reading means it was right.</summary>
    public int ErrorCount => scope.Errors.Count;

    public void Watch(string path) => scope.State.Watch(path);

    public void Error(string message) => Error(Name, message);

    public void Error(Token at, string message) => scope.Errors.Add(at.Location, Name.Text, message);

    public void Warn(Token at, string message) => scope.Errors.Warn(at.Location, Name.Text, message);

    /// <summary>Complains when there is no such file.</summary>
    public void CheckFile(Token file)
    {
        if (file.Text.Contains('\0', StringComparison.Ordinal) || !Files.Exists(file.Text))
        {
            Error(file, $"there is no file {Shown.Text(file.Text)}");
        }
    }

    /// <summary>Refuses whatever stands after the directive's name.</summary>
    public void TakesNothing()
    {
        if (TakesNoArguments())
        {
            TakesNoBlock();
        }
    }

    public bool TakesNoArguments() => TakesAtMost(0);

    public bool TakesAtMost(int count)
    {
        if (Arguments.Length <= count)
        {
            return true;
        }

        string takes = count switch { 0 => "no arguments", 1 => "at most one argument", _ => $"at most {count} arguments" };
        Error(Arguments[count], $"takes {takes}, found {Shown.Text(Arguments[count].Text)}");
        return false;
    }

    public void TakesNoBlock()
    {
        if (directive.HasBlock)
        {
            Error("takes no block");
        }
    }

    /// <summary>Reads each line of the block by the reader of its name.</summary>
    public void ReadOptions(IReadOnlyDictionary<string, Action<DirectiveSyntax>> readers)
    {
        foreach (DirectiveSyntax option in Options)
        {
            if (!readers.TryGetValue(option.Name.Text, out Action<DirectiveSyntax>? read))
            {
                UnknownOption(option.Name, readers.Keys);
            }
            else if (TakesNoBlock(option))
            {
                read(option);
            }
        }
    }

    public void UnknownOption(Token name, IEnumerable<string> known)
    {
        string nearest = Suggestion.For(name.Text, known);
        string expected = nearest.Length > 0 ? nearest : $"; expected {string.Join(", ", known.Order(StringComparer.Ordinal))}";
        Error(name, $"unknown option {Shown.Text(name.Text)}{expected}");
    }

    public bool TakesNoBlock(DirectiveSyntax option)
    {
        if (option.HasBlock)
        {
            Error(option.Name, $"{option.Name.Text} takes no block");
        }

        return !option.HasBlock;
    }

    /// <summary>An option that is only a word.</summary>
    public bool IsFlag(DirectiveSyntax option)
    {
        if (option.Arguments.Length > 0)
        {
            Error(option.Arguments[0], $"{option.Name.Text} takes no argument, found {Shown.Text(option.Arguments[0].Text)}");
        }

        return option.Arguments.Length == 0;
    }

    /// <summary>An option's arguments, when there are as many as it takes.</summary>
    public bool TryArguments(DirectiveSyntax option, int min, int max, string syntax, out ImmutableArray<Token> arguments)
    {
        arguments = option.Arguments;
        if (arguments.Length < min)
        {
            Error(option.Name, $"expected \"{option.Name.Text} {syntax}\"; an argument is missing");
            return false;
        }

        if (arguments.Length > max)
        {
            Error(arguments[max], $"expected \"{option.Name.Text} {syntax}\", found more: {Shown.Text(arguments[max].Text)}");
            return false;
        }

        return true;
    }

    public bool TryOne(DirectiveSyntax option, string syntax, out Token argument)
    {
        bool one = TryArguments(option, 1, 1, syntax, out ImmutableArray<Token> arguments);
        argument = one ? arguments[0] : default;
        return one;
    }

    public bool TryInteger(Token token, int min, int max, string what, out int value)
    {
        if (AddressText.TryParseNumber(token.Text, min, max, out value))
        {
            return true;
        }

        string range = max == int.MaxValue ? $"{min} or more" : $"{min} to {max}";
        Error(token, $"expected {what}, a whole number ({range}), found {Shown.Text(token.Text)}");
        return false;
    }

    public bool TryDuration(Token token, out TimeSpan value) => TryDuration(token, TimeSpan.Zero, TimeSpan.MaxValue, out value);

    public bool TryDuration(Token token, TimeSpan min, TimeSpan max, out TimeSpan value)
    {
        if (!GoDuration.TryParse(token.Text, out value, out string? error))
        {
            Error(token, error);
            return false;
        }

        if (value >= min && value <= max)
        {
            return true;
        }

        string wrong = value < TimeSpan.Zero
            ? "is negative"
            : value < min ? $"is too short; at least {Go(min)}" : $"is too long; at most {Go(max)}";
        Error(token, $"{Shown.Text(token.Text)} {wrong}");
        return false;
    }

    public bool TryName(Token token, out string name)
    {
        bool parsed = ZoneText.TryParseName(token.Text, out name, out string? error);
        if (!parsed)
        {
            Error(token, error!);
        }

        return parsed;
    }

    public ImmutableArray<string> Names(IEnumerable<Token> tokens)
    {
        var names = ImmutableArray.CreateBuilder<string>();
        foreach (Token token in tokens)
        {
            if (TryName(token, out string name))
            {
                names.Add(name);
            }
        }

        return names.ToImmutable();
    }

    /// <summary>Zones as arguments; networks become their reverse zones.</summary>
    public ImmutableArray<string> Zones(IEnumerable<Token> tokens)
    {
        var zones = ImmutableArray.CreateBuilder<string>();
        foreach (Token token in tokens)
        {
            if (ServerKeyText.TryParseZones(token.Text, out ImmutableArray<string> some, out string? error))
            {
                zones.AddRange(some);
            }
            else
            {
                Error(token, error);
            }
        }

        return zones.ToImmutable();
    }

    /// <summary>Zones as arguments, or the block's own when there are none.</summary>
    public ImmutableArray<string> ZonesOrBlock(IReadOnlyCollection<Token> tokens) =>
        tokens.Count == 0 ? BlockZones : Zones(tokens);

    /// <summary>fallthrough [ZONES]: all zones when none is named.</summary>
    public ImmutableArray<string> Fallthrough(DirectiveSyntax option) =>
        option.Arguments.IsEmpty ? ["."] : Zones(option.Arguments);

    /// <summary>A regular expression of Go's; kept as written, once it is known to compile.</summary>
    public bool TryRegex(Token token, out string pattern) => TryRegex(token, out pattern, out _);

    /// <param name="groups">How many groups it has, the whole match not counted.</param>
    public bool TryRegex(Token token, out string pattern, out int groups)
    {
        pattern = token.Text;
        groups = 0;
        if (!State.MayCompilePattern())
        {
            Error(token, $"more than {CorefileLimits.MaxPatterns} regular expressions");
            return false;
        }

        bool compiled = GoRegex.TryCompile(pattern, out GoRegex? regex, out string error);
        groups = regex?.GroupCount ?? 0;
        if (!compiled)
        {
            Error(token, error);
        }

        return compiled;
    }

    public bool TryRcode(Token token, out ushort rcode)
    {
        bool known = ProtocolNames.TryGetRcode(token.Text, out rcode);
        if (!known)
        {
            Error(token, $"expected a response code such as NXDOMAIN, found {Shown.Text(token.Text)}");
        }

        return known;
    }

    public bool TryType(Token token, out ushort type)
    {
        bool known = ProtocolNames.TryGetType(token.Text, out type);
        if (!known)
        {
            Error(token, $"expected a record type such as AAAA, found {Shown.Text(token.Text)}");
        }

        return known;
    }

    public bool TryClass(Token token, out ushort @class)
    {
        bool known = ProtocolNames.TryGetClass(token.Text, out @class);
        if (!known)
        {
            Error(token, $"expected a class such as IN, found {Shown.Text(token.Text)}");
        }

        return known;
    }

    private static string Go(TimeSpan value) =>
        value.TotalMinutes >= 1 && value.Seconds == 0 ? $"{value.TotalMinutes:0}m" : $"{value.TotalSeconds:0.###}s";
}
