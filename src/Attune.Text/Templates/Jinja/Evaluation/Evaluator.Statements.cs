using Attune.Text.Templates.Jinja.Syntax;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.Evaluation;

/// <summary>Statements.</summary>
internal sealed partial class Evaluator
{
    // How a body was left.
    private enum Flow
    {
        Normal,
        Break,
        Continue,
    }

    private Flow Execute(IReadOnlyList<Statement> body, Scope scope)
    {
        foreach (var statement in body)
        {
            var flow = Execute(statement, scope);
            if (flow != Flow.Normal) return flow;
        }

        return Flow.Normal;
    }

    private Flow Execute(Statement statement, Scope scope)
    {
        Budget.Descend();
        _line = statement.Line;
        switch (statement)
        {
            case OutputNode node:
                PrintAll(node, scope);
                return Flow.Normal;
            case ForNode node:
                return ExecuteFor(node, scope);
            case IfNode node:
                return Execute(Branch(node, scope), scope);
            case SetNode node:
                Assign(node.Target, Evaluate(node.Value, scope), scope);
                return Flow.Normal;
            case SetBlockNode node:
                return ExecuteSetBlock(node, scope);
            case WithNode node:
                return ExecuteWith(node, scope);
            case MacroNode node:
                scope.Set(node.Definition.Name, new Macro(this, node.Definition, scope));
                return Flow.Normal;
            case CallBlockNode node:
                ExecuteCallBlock(node, scope);
                return Flow.Normal;
            case FilterBlockNode node:
                return CaptureFlow(node.Body, new Scope(scope), text => Print(FilterText(node.Filter, text, scope)));
            case AutoescapeNode node:
                return ExecuteAutoescape(node, scope);
            case BlockNode node:
                Execute(node.Body, new Scope(node.IsScoped ? scope : _root));
                return Flow.Normal;
            case GenerationNode node:
                ExecuteGeneration(node, scope);
                return Flow.Normal;
            case LoopControlNode node:
                return node.IsBreak ? Flow.Break : Flow.Continue;
            default:
                throw JinjaException.Type("a chat template is a single file: it cannot include, import or extend others");
        }
    }

    private void PrintAll(OutputNode node, Scope scope)
    {
        foreach (var item in node.Items)
        {
            if (item is TextNode text) _output.Append(text.Text);
            else Print(Evaluate(item, scope));
        }
    }

    private IReadOnlyList<Statement> Branch(IfNode node, Scope scope)
    {
        foreach (var (test, body) in node.Branches)
        {
            if (Iteration.IsTrue(Evaluate(test, scope))) return body;
        }

        return node.Otherwise;
    }

    private void Assign(Expression target, object? value, Scope scope)
    {
        switch (target)
        {
            case NameNode name:
                scope.Set(name.Name, value);
                break;
            case NamespaceTargetNode attribute:
                if (!scope.TryGet(attribute.Name, out var owner) || owner is not JinjaNamespace ns)
                    throw new JinjaException("TemplateRuntimeError", "cannot assign attribute on non-namespace object");
                ns.Set(attribute.Attribute, value);
                break;
            default:
                Unpack(((TupleNode)target).Items, value, scope);
                break;
        }
    }

    private void Unpack(IReadOnlyList<Expression> targets, object? value, Scope scope)
    {
        if (!Iteration.TryItems(value, out var items))
            throw JinjaException.Type($"cannot unpack non-iterable {TypeNames.Of(value)} object");
        var values = new List<object?>(targets.Count);
        foreach (var item in items)
        {
            if (values.Count == targets.Count)
                throw JinjaException.Value($"too many values to unpack (expected {targets.Count})");
            values.Add(item);
        }

        if (values.Count < targets.Count)
        {
            throw JinjaException.Value(
                $"not enough values to unpack (expected {targets.Count}, got {values.Count})");
        }

        for (var i = 0; i < targets.Count; i++) Assign(targets[i], values[i], scope);
    }

    private Flow ExecuteSetBlock(SetBlockNode node, Scope scope) => CaptureFlow(node.Body, new Scope(scope), text =>
        Assign(node.Target, node.Filter is null ? text : FilterText(node.Filter, text, scope), scope));

    // Runs a body whose text is used rather than printed; leaving it by break or continue drops the text.
    private Flow CaptureFlow(IReadOnlyList<Statement> body, Scope scope, Action<object> use)
    {
        var flow = Flow.Normal;
        var text = _output.Capture(() => flow = Execute(body, scope));
        if (flow == Flow.Normal) use(Captured(text));
        return flow;
    }

    private Flow ExecuteWith(WithNode node, Scope scope)
    {
        var inner = new Scope(scope);
        foreach (var (target, value) in node.Assignments) Assign(target, Evaluate(value, scope), inner);
        return Execute(node.Body, inner);
    }

    private void ExecuteCallBlock(CallBlockNode node, Scope scope)
    {
        var caller = new Macro(this, node.Caller, scope);
        var arguments = EvaluateArguments(node.Call.Arguments, scope);
        var withCaller = arguments with { Keywords = [.. arguments.Keywords, new("caller", caller)] };
        Print(Invoke(Evaluate(node.Call.Target, scope), withCaller));
    }

    private Flow ExecuteAutoescape(AutoescapeNode node, Scope scope)
    {
        var outside = Autoescape;
        Autoescape = Iteration.IsTrue(Evaluate(node.Flag, scope));
        try
        {
            return Execute(node.Body, new Scope(scope));
        }
        finally
        {
            Autoescape = outside;
        }
    }

    private void ExecuteGeneration(GenerationNode node, Scope scope)
    {
        var text = _output.Capture(() => Execute(node.Body, new Scope(scope)));
        _output.MarkGeneration(text);
        _output.Append(text);
    }
}

