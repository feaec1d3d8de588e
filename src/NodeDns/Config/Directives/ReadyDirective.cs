using System;
using System.Collections.Generic;
using NodeDns.Config.Syntax;
using NodeDns.Config.Values;

namespace NodeDns.Config.Directives;

/// <summary>ready [ADDRESS] { monitor until-ready|continuously }</summary>
internal static class ReadyDirective
{
    private static readonly HttpEndPointConfig s_default = new(null, 8181, ":8181");

    public static void Read(DirectiveScope scope)
    {
        bool continuously = false;
        scope.ReadOptions(new Dictionary<string, Action<DirectiveSyntax>>
        {
            ["monitor"] = option =>
            {
                if (scope.TryOne(option, "until-ready|continuously", out Token token)
                    && token.Text is not "until-ready" and not "continuously")
                {
                    scope.Error(token, $"expected until-ready or continuously, found {Shown.Text(token.Text)}");
                }

                continuously = token.Text == "continuously";
            },
        });
        if (HttpEndPointReader.TryRead(scope, s_default, out HttpEndPointConfig endPoint))
        {
            scope.Block = scope.Block with { Ready = new ReadyConfig(endPoint, continuously) };
        }
    }
}
