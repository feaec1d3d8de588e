using System;
using NodeDns.Hosting;

namespace NodeDns.Cli;

/// <summary>Puts a flag's value into the options; a non-empty error says what was expected.</summary>
internal delegate ServerOptions FlagReader(ServerOptions options, string value, out string error);

/// <summary>One flag: its names, what its value is called, its line in the help and what it does.</summary>
/// <param name="Value">What stands for the value in the help; empty for a switch, which takes "=true" or nothing.</param>
internal sealed record FlagDefinition(string Name, string Value, string Text, FlagReader Read)
{
    /// <summary>A second, short name.</summary>
    public string? Alias { get; init; }

    public bool IsSwitch => Value.Length == 0;

    public static FlagDefinition Switch(string name, string text, Func<ServerOptions, bool, ServerOptions> set) =>
        new(name, "", text, (ServerOptions options, string value, out string error) =>
        {
            bool? on = value switch
            {
                "" or "1" or "t" or "T" or "true" or "True" or "TRUE" => true,
                "0" or "f" or "F" or "false" or "False" or "FALSE" => false,
                _ => null,
            };
            error = on is null ? "expected true or false" : "";
            return on is null ? options : set(options, on.Value);
        });

    public static FlagDefinition Word(
        string name, string valueName, string text, Func<ServerOptions, string, ServerOptions> set) =>
        new(name, valueName, text, (ServerOptions options, string value, out string error) =>
        {
            error = value.Length == 0 ? $"expected {valueName}" : "";
            return set(options, value);
        });
}
