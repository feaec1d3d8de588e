using System.Collections.Generic;
using System.Linq;
using NodeDns.Config;
using NodeDns.Templates;
using NodeDns.Templates.Expressions;

namespace NodeDns.Sources;

/// <summary>The var and expr lines of a template: values to be used later, and conditions that all have to hold.</summary>
internal sealed class TemplateConditions
{
    private readonly (string Name, TemplateExpression Value)[] _variables;
    private readonly TemplateExpression[] _conditions;

    private TemplateConditions((string Name, TemplateExpression Value)[] variables, TemplateExpression[] conditions)
    {
        _variables = variables;
        _conditions = conditions;
    }

    /// <summary>Adds an error for each expression that is none; a variable may use those above it.</summary>
    public static TemplateConditions Compile(TemplateConfig config, ICollection<ConfigError> errors)
    {
        List<(string Name, TemplateExpression Value)> variables = [];
        List<TemplateExpression> conditions = [];
        foreach (TemplateVariableConfig variable in config.Variables)
        {
            if (TryParse(config, variable.Expression, variables, errors) is TemplateExpression value)
            {
                variables.Add((variable.Name, value));
            }
        }

        foreach (string text in config.Expressions)
        {
            if (TryParse(config, text, variables, errors) is TemplateExpression condition)
            {
                conditions.Add(condition);
            }
        }

        return new TemplateConditions([.. variables], [.. conditions]);
    }

    /// <summary>Gives the variables their values and asks the conditions; an evaluation that fails is a failure.</summary>
    public bool Hold(TemplateData data, ref SourceResult detail)
    {
        foreach ((string name, TemplateExpression expression) in _variables)
        {
            if (!expression.TryEvaluate(data, out object? value, out string error))
            {
                detail.Failure = $"template: var {name}: {error}";
                return false;
            }

            data.SetVariable(name, value);
        }

        foreach (TemplateExpression condition in _conditions)
        {
            bool evaluated = condition.TryEvaluate(data, out object? value, out string error);
            if (!evaluated || value is not bool)
            {
                detail.Failure = $"template: expr {condition.Text}: "
                    + (evaluated ? $"{TemplateValue.Print(value)} is neither true nor false" : error);
                return false;
            }

            if (value is false)
            {
                return false;
            }
        }

        return true;
    }

    private static TemplateExpression? TryParse(
        TemplateConfig config,
        string text,
        List<(string Name, TemplateExpression Value)> variables,
        ICollection<ConfigError> errors)
    {
        bool parsed = TemplateExpression.TryParse(
            text,
            QuestionFunctions.Exists,
            name => variables.Any(variable => variable.Name == name),
            out TemplateExpression? expression,
            out string error);
        if (!parsed)
        {
            errors.Add(new ConfigError(config.Location, "template", $"bad expression \"{text}\": {error}"));
        }

        return expression;
    }
}
