using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace NodeDns.Cli;

/// <summary>Completion scripts for shells, made from the tables of commands and flags.</summary>
internal static class CompletionScript
{
    public static readonly string[] Shells = ["bash", "zsh", "fish"];

    private static IEnumerable<string> Words => CommandDefinition.All.Select(one => one.Word).Distinct();

    private static IEnumerable<string> FlagNames =>
        Flags.All.Select(flag => $"-{flag.Name}").Concat(Flags.Commands.Select(command => $"-{command.Name}"));

    public static string For(string shell) => shell switch
    {
        "bash" => Bash(),
        "zsh" => Zsh(),
        _ => Fish(),
    };

    private static IEnumerable<string> OperandsOf(string word)
    {
        CommandDefinition[] lines = [.. CommandDefinition.All.Where(one => one.Word == word)];
        return lines.Any(line => line.Verb is not null)
            ? lines.Select(line => line.Verb!)
            : lines.SelectMany(line => line.Operands.Contains('|') ? line.Operands.Split('|') : []);
    }

    private static IEnumerable<string> FilesAfter => Flags.All.Where(flag => TakesPath(flag)).Select(flag => $"-{flag.Name}");

    private static bool TakesPath(FlagDefinition flag) => flag.Value is "FILE" or "PATH" or "FOLDER";

    private static string Bash()
    {
        StringBuilder script = new("""
            # bash completion of nodedns: source <(nodedns completion bash)
            _nodedns() {
                local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=
                local i
                for ((i = 1; i < COMP_CWORD; i++)); do
                    case ${COMP_WORDS[i]} in -*) ;; *) command=${COMP_WORDS[i]}; break ;; esac
                done
                case $before in

            """.Replace("\r", "", StringComparison.Ordinal));
        script.Append($"        {string.Join('|', FilesAfter)}) COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n    esac\n");
        script.Append($"    case $word in -*) COMPREPLY=($(compgen -W '{string.Join(' ', FlagNames)}' -- \"$word\")); return ;; esac\n");
        script.Append("    case $command in\n");
        script.Append($"        '') COMPREPLY=($(compgen -W '{string.Join(' ', Words)}' -- \"$word\")) ;;\n");
        script.Append("        check-config) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n");
        foreach (string word in Words.Where(word => OperandsOf(word).Any()))
        {
            script.Append($"        {word}) COMPREPLY=($(compgen -W '{string.Join(' ', OperandsOf(word))}' -- \"$word\")) ;;\n");
        }

        return script.Append("    esac\n}\ncomplete -F _nodedns nodedns\n").ToString();
    }

    private static string Zsh()
    {
        StringBuilder script = new("#compdef nodedns\n# zsh completion of nodedns: source <(nodedns completion zsh)\n_nodedns() {\n");
        script.Append("    local -a commands flags\n    commands=(\n");
        foreach (string word in Words)
        {
            CommandDefinition first = CommandDefinition.All.First(one => one.Word == word);
            script.Append($"        '{word}:{Quoted(first.Text)}'\n");
        }

        script.Append("    )\n    flags=(\n");
        foreach (FlagDefinition flag in Flags.All)
        {
            string value = flag.IsSwitch ? "" : $":{flag.Value}:{(TakesPath(flag) ? "_files" : "")}";
            script.Append($"        '-{flag.Name}[{Quoted(flag.Text)}]{value}'\n");
        }

        script.Append("    )\n    _arguments -C $flags '1:command:->command' '*::operand:->operand'\n    case $state in\n");
        script.Append("        command) _describe command commands ;;\n        operand)\n            case $words[1] in\n");
        script.Append("                check-config) _files ;;\n");
        foreach (string word in Words.Where(word => OperandsOf(word).Any()))
        {
            script.Append($"                {word}) compadd {string.Join(' ', OperandsOf(word))} ;;\n");
        }

        return script.Append("            esac ;;\n    esac\n}\ncompdef _nodedns nodedns\n").ToString();
    }

    private static string Fish()
    {
        StringBuilder script = new("# fish completion of nodedns: nodedns completion fish | source\ncomplete -c nodedns -f\n");
        string none = $"not __fish_seen_subcommand_from {string.Join(' ', Words)}";
        foreach (string word in Words)
        {
            CommandDefinition first = CommandDefinition.All.First(one => one.Word == word);
            script.Append($"complete -c nodedns -n '{none}' -a {word} -d '{Quoted(first.Text)}'\n");
        }

        script.Append("complete -c nodedns -n '__fish_seen_subcommand_from check-config' -F\n");
        foreach (string word in Words.Where(word => OperandsOf(word).Any()))
        {
            script.Append($"complete -c nodedns -n '__fish_seen_subcommand_from {word}' -a '{string.Join(' ', OperandsOf(word))}'\n");
        }

        foreach (FlagDefinition flag in Flags.All)
        {
            string value = flag.IsSwitch ? "" : TakesPath(flag) ? " -r -F" : " -x";
            script.Append($"complete -c nodedns -o {flag.Name} -d '{Quoted(flag.Text)}'{value}\n");
        }

        return script.ToString();
    }

    /// <summary>Texts of the tables are ours; a quote in one would still end the string it stands in.</summary>
    private static string Quoted(string text) => text.Replace("'", "", StringComparison.Ordinal)
        .Replace("[", "(", StringComparison.Ordinal).Replace("]", ")", StringComparison.Ordinal).Replace(":", " ", StringComparison.Ordinal);
}
