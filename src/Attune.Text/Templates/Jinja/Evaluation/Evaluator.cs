using Attune.Text.Templates.Jinja.Library;
using Attune.Text.Templates.Jinja.Syntax;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.Evaluation;

/// <summary>One rendering of a template: walks its tree and prints.</summary>
internal sealed partial class Evaluator
{
    private readonly Output _output = new();
    private readonly Scope _root;
    private int _calls;
    private int _line;

    private Evaluator(IReadOnlyList<Statement> template, Dictionary<string, object?> variables, DateTimeOffset now)
    {
        var globals = Globals.Create(now);
        var blocks = Tree.Descendants(template).OfType<BlockNode>().ToDictionary(block => block.Name, StringComparer.Ordinal);
        variables["self"] = new BlockReferences(this, blocks);
        _root = new Scope(new Scope(new Scope(null, globals), variables));
    }

    /// <summary>Whether what is printed is escaped for HTML.</summary>
    public bool Autoescape { get; private set; }

    /// <summary>Renders a template.</summary>
    /// <param name="template">What <see cref="Parser.Parse"/> gave.</param>
    /// <param name="variables">Its variables as template values.</param>
    /// <param name="now">The time <c>strftime_now</c> tells.</param>
    /// <exception cref="JinjaException">The template fails, with its line.</exception>
    public static RenderedChat Render(
        IReadOnlyList<Statement> template, Dictionary<string, object?> variables, DateTimeOffset now)
    {
        var evaluator = new Evaluator(template, variables, now);
        try
        {
            evaluator.Execute(template, evaluator._root);
            return evaluator._output.Finish();
        }
        catch (JinjaException e)
        {
            e.At(evaluator._line);
            throw;
        }
    }

    /// <summary>Renders the body of a macro or call block.</summary>
    public object CallMacro(MacroDefinition macro, Scope scope) => Call(macro.Body, scope);

    /// <summary>Renders a block for <c>self.name()</c>.</summary>
    public object CallBlock(BlockNode block) => Call(block.Body, new Scope(_root));

    private object Call(IReadOnlyList<Statement> body, Scope scope) => Captured(Deeper(() => _output.Capture(() => Execute(body, scope))));

    private T Deeper<T>(Func<T> action)
    {
        if (++_calls > Limits.Calls) throw JinjaException.Recursion();
        try
        {
            return action();
        }
        finally
        {
            _calls--;
        }
    }

    // Printed text is safe HTML already where escaping is on.
    private object Captured(string text) => Autoescape ? new Markup(text) : text;

    private void Print(object? value) =>
        _output.Append(Autoescape ? Markup.Escape(value).Text : Representation.Str(value));
}

