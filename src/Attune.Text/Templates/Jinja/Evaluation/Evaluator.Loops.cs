using Attune.Text.Templates.Jinja.Syntax;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.Evaluation;

/// <summary>Loops.</summary>
internal sealed partial class Evaluator
{
    private const int RoundCost = 8; // what a round costs beside the nodes of its body: a scope, the loop's state

    private Flow ExecuteFor(ForNode node, Scope scope)
    {
        var source = Evaluate(node.Source, scope);
        if (!node.IsRecursive) return RunLoop(node, source, scope, null, 0);
        string Recurse(object? items, int depth) =>
            Deeper(() => _output.Capture(() => RunLoop(node, items, scope, Recurse, depth)));
        _output.Append(Recurse(source, 0));
        return Flow.Normal;
    }

    private Flow RunLoop(ForNode node, object? source, Scope scope, Func<object?, int, string>? recurse, int depth)
    {
        var items = Iteration.Items(source);
        if (node.Condition is not null) items = Where(node, items, scope);
        var loop = new LoopContext(items, node.Condition is null ? Iteration.TryLength(source) : null, recurse, depth);
        // Python's for … else the way Jinja builds it: a round that is cut short does not count.
        var anyRoundEnded = false;
        while (loop.Next(out var item))
        {
            Budget.Charge(RoundCost);
            _line = node.Line;
            var round = new Scope(scope);
            round.Set("loop", loop);
            Assign(node.Target, item, round);
            var flow = Execute(node.Body, round);
            if (flow == Flow.Break) break;
            anyRoundEnded |= flow == Flow.Normal;
        }

        return anyRoundEnded ? Flow.Normal : Execute(node.Otherwise, new Scope(scope));
    }

    private IEnumerable<object?> Where(ForNode node, IEnumerable<object?> items, Scope scope)
    {
        foreach (var item in items)
        {
            var inner = new Scope(scope);
            Assign(node.Target, item, inner);
            if (Iteration.IsTrue(Evaluate(node.Condition!, inner))) yield return item;
        }
    }
}

