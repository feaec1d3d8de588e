namespace NodeDns.Templates.Expressions;

/// <summary>The functions of an expression that tell about the question, beyond the language's own.</summary>
internal static class QuestionFunctions
{
    public static bool Exists(string name) =>
        name is "group" or "name" or "zone" or "type" or "class" or "client_ip" or "port" or "proto" or "id" or "do"
            or "bufsize" or "metadata";
}
