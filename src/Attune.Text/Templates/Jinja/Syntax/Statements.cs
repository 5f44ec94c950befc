namespace Attune.Text.Templates.Jinja.Syntax;

/// <summary>Something that is done rather than has a value.</summary>
internal abstract class Statement(int line) : Node(line);

/// <summary>Text and <c>{{ … }}</c> in a row.</summary>
internal sealed class OutputNode(IReadOnlyList<Expression> items, int line) : Statement(line)
{
    public IReadOnlyList<Expression> Items { get; } = items;
}

/// <summary><c>{% for target in source if condition recursive %} body {% else %} otherwise {% endfor %}</c>.</summary>
internal sealed class ForNode(
    Expression target,
    Expression source,
    Expression? condition,
    bool isRecursive,
    IReadOnlyList<Statement> body,
    IReadOnlyList<Statement> otherwise,
    int line) : Statement(line)
{
    public Expression Target { get; } = target;

    public Expression Source { get; } = source;

    public Expression? Condition { get; } = condition;

    public bool IsRecursive { get; } = isRecursive;

    public IReadOnlyList<Statement> Body { get; } = body;

    public IReadOnlyList<Statement> Otherwise { get; } = otherwise;
}

/// <summary><c>{% if %}</c> with its <c>elif</c> branches and <c>else</c>.</summary>
internal sealed class IfNode(
    IReadOnlyList<(Expression Test, IReadOnlyList<Statement> Body)> branches,
    IReadOnlyList<Statement> otherwise,
    int line) : Statement(line)
{
    public IReadOnlyList<(Expression Test, IReadOnlyList<Statement> Body)> Branches { get; } = branches;

    public IReadOnlyList<Statement> Otherwise { get; } = otherwise;
}

/// <summary><c>{% set target = value %}</c>.</summary>
internal sealed class SetNode(Expression target, Expression value, int line) : Statement(line)
{
    public Expression Target { get; } = target;

    public Expression Value { get; } = value;
}

/// <summary><c>{% set target | filter %} body {% endset %}</c>.</summary>
internal sealed class SetBlockNode(Expression target, FilterNode? filter, IReadOnlyList<Statement> body, int line)
    : Statement(line)
{
    public Expression Target { get; } = target;

    public FilterNode? Filter { get; } = filter;

    public IReadOnlyList<Statement> Body { get; } = body;
}

/// <summary><c>{% with a = 1 %} body {% endwith %}</c>.</summary>
internal sealed class WithNode(
    IReadOnlyList<(Expression Target, Expression Value)> assignments, IReadOnlyList<Statement> body, int line)
    : Statement(line)
{
    public IReadOnlyList<(Expression Target, Expression Value)> Assignments { get; } = assignments;

    public IReadOnlyList<Statement> Body { get; } = body;
}

/// <summary>Parameters and body of a macro or of a call block.</summary>
/// <param name="Name">The macro's name, or "caller".</param>
/// <param name="Parameters">Parameters; those with a default come last.</param>
/// <param name="Body">What it prints.</param>
/// <param name="Uses">Which of <c>varargs</c>, <c>kwargs</c> and <c>caller</c> the body reads.</param>
internal sealed record MacroDefinition(
    string Name,
    IReadOnlyList<(string Name, Expression? Default)> Parameters,
    IReadOnlyList<Statement> Body,
    IReadOnlySet<string> Uses);

/// <summary><c>{% macro name(parameters) %} body {% endmacro %}</c>.</summary>
internal sealed class MacroNode(MacroDefinition definition, int line) : Statement(line)
{
    public MacroDefinition Definition { get; } = definition;
}

/// <summary><c>{% call(parameters) target(arguments) %} body {% endcall %}</c>.</summary>
internal sealed class CallBlockNode(CallNode call, MacroDefinition caller, int line) : Statement(line)
{
    public CallNode Call { get; } = call;

    public MacroDefinition Caller { get; } = caller;
}

/// <summary><c>{% filter name %} body {% endfilter %}</c>.</summary>
internal sealed class FilterBlockNode(FilterNode filter, IReadOnlyList<Statement> body, int line) : Statement(line)
{
    public FilterNode Filter { get; } = filter;

    public IReadOnlyList<Statement> Body { get; } = body;
}

/// <summary><c>{% autoescape flag %} body {% endautoescape %}</c>.</summary>
internal sealed class AutoescapeNode(Expression flag, IReadOnlyList<Statement> body, int line) : Statement(line)
{
    public Expression Flag { get; } = flag;

    public IReadOnlyList<Statement> Body { get; } = body;
}

/// <summary><c>{% block name %} body {% endblock %}</c>.</summary>
internal sealed class BlockNode(string name, bool isScoped, IReadOnlyList<Statement> body, int line) : Statement(line)
{
    public string Name { get; } = name;

    public bool IsScoped { get; } = isScoped;

    public IReadOnlyList<Statement> Body { get; } = body;
}

/// <summary><c>{% generation %} body {% endgeneration %}</c>: what the assistant says.</summary>
internal sealed class GenerationNode(IReadOnlyList<Statement> body, int line) : Statement(line)
{
    public IReadOnlyList<Statement> Body { get; } = body;
}

/// <summary><c>{% break %}</c> or <c>{% continue %}</c>.</summary>
internal sealed class LoopControlNode(bool isBreak, int line) : Statement(line)
{
    public bool IsBreak { get; } = isBreak;
}

/// <summary><c>include</c>, <c>import</c>, <c>from</c>, <c>extends</c>: a chat template is a single file, so these fail.</summary>
internal sealed class OtherTemplateNode(Expression template, int line) : Statement(line)
{
    public Expression Template { get; } = template;
}
