using System.Text.Json.Nodes;
using Attune.Text.Templates.Jinja.Evaluation;
using Attune.Text.Templates.Jinja.Syntax;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja;

/// <summary>
/// A template in the Jinja of chat templates: <c>trim_blocks</c>, <c>lstrip_blocks</c>, loop controls,
/// <c>{% generation %}</c>, immutable values, no access to anything but what it is given. Immutable, thread-safe.
/// </summary>
public sealed class JinjaTemplate
{
    private readonly IReadOnlyList<Statement> _statements;

    private JinjaTemplate(IReadOnlyList<Statement> statements)
    {
        _statements = statements;
        HasGenerationBlocks = Tree.Descendants(statements).Any(node => node is GenerationNode);
    }

    /// <summary>Whether it has a <c>{% generation %}</c> block.</summary>
    public bool HasGenerationBlocks { get; }

    /// <summary>Reads a template.</summary>
    /// <exception cref="JinjaException">A syntax error, with its line.</exception>
    public static JinjaTemplate Parse(string source)
    {
        using var budget = Budget.Begin();
        return new JinjaTemplate(Parser.Parse(source));
    }

    /// <summary>Renders the template.</summary>
    /// <param name="variables">Its variables; numbers with a point or exponent are floats.</param>
    /// <param name="now">The time <c>strftime_now</c> tells.</param>
    /// <exception cref="JinjaException">The template fails or exceeds its limits, with the line.</exception>
    public RenderedChat Render(IEnumerable<KeyValuePair<string, JsonNode?>> variables, DateTimeOffset now)
    {
        using var budget = Budget.Begin();
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in variables) values[name] = JsonValues.FromJson(value);
        return Evaluator.Render(_statements, values, now);
    }

    internal RenderedChat Render(Dictionary<string, object?> variables, DateTimeOffset now) =>
        Evaluator.Render(_statements, variables, now);
}

