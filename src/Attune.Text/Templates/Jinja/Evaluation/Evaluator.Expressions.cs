using Attune.Text.Templates.Jinja.Library;
using Attune.Text.Templates.Jinja.PythonText;
using Attune.Text.Templates.Jinja.Syntax;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.Evaluation;

/// <summary>Expressions.</summary>
internal sealed partial class Evaluator
{
    /// <summary>The value of an expression.</summary>
    public object? Evaluate(Expression expression, Scope scope)
    {
        Budget.Descend();
        _line = expression.Line;
        return expression switch
        {
            ConstantNode node => node.Value,
            TextNode node => node.Text,
            NameNode node => scope.TryGet(node.Name, out var value) ? value : Undefined.Variable(node.Name),
            MemberNode node => Members.GetAttribute(Evaluate(node.Target, scope), node.Name),
            ItemNode node => EvaluateItem(node, scope),
            CallNode node => Invoke(Evaluate(node.Target, scope), EvaluateArguments(node.Arguments, scope)),
            FilterNode node => EvaluateFilter(node, Evaluate(node.Target!, scope), scope),
            TestNode node => Tests.Apply(node.Name, Evaluate(node.Target, scope), EvaluateArguments(node.Arguments, scope)),
            BinaryNode node => Arithmetic.Apply(node.Operator, Evaluate(node.Left, scope), Evaluate(node.Right, scope)),
            UnaryNode node => EvaluateUnary(node, scope),
            LogicalNode node => EvaluateLogical(node, scope),
            ComparisonNode node => EvaluateComparison(node, scope),
            ConcatenationNode node => EvaluateConcatenation(node, scope),
            ConditionalNode node => EvaluateConditional(node, scope),
            ListNode node => new JinjaList(EvaluateAll(node.Items, scope)),
            TupleNode node => new JinjaTuple(EvaluateAll(node.Items, scope)),
            DictionaryNode node => EvaluateDictionary(node, scope),
            _ => throw JinjaException.Type($"{expression.GetType().Name} has no value here"),
        };
    }

    private List<object?> EvaluateAll(IReadOnlyList<Expression> items, Scope scope)
    {
        var values = new List<object?>(items.Count);
        foreach (var item in items) values.Add(Evaluate(item, scope));
        return values;
    }

    private JinjaDictionary EvaluateDictionary(DictionaryNode node, Scope scope)
    {
        var dictionary = new JinjaDictionary();
        foreach (var (key, value) in node.Pairs) dictionary.Set(Evaluate(key, scope), Evaluate(value, scope));
        return dictionary;
    }

    private object? EvaluateItem(ItemNode node, Scope scope)
    {
        var target = Evaluate(node.Target, scope);
        if (node.Index is not SliceNode slice) return Members.GetItem(target, Evaluate(node.Index, scope));
        return Slicing.Slice(target, Bound(slice.Start), Bound(slice.Stop), Bound(slice.Step));
        object? Bound(Expression? bound) => bound is null ? null : Evaluate(bound, scope);
    }

    private object? EvaluateUnary(UnaryNode node, Scope scope)
    {
        var value = Evaluate(node.Operand, scope);
        return node.Operator switch
        {
            "not" => !Iteration.IsTrue(value),
            "-" => Arithmetic.Negate(value),
            _ => Arithmetic.Plus(value),
        };
    }

    private object? EvaluateLogical(LogicalNode node, Scope scope)
    {
        var left = Evaluate(node.Left, scope);
        return Iteration.IsTrue(left) == node.IsAnd ? Evaluate(node.Right, scope) : left;
    }

    private object EvaluateComparison(ComparisonNode node, Scope scope)
    {
        var left = Evaluate(node.First, scope);
        foreach (var (op, operand) in node.Links)
        {
            var right = Evaluate(operand, scope);
            if (!Comparison.Holds(op, left, right)) return false;
            left = right;
        }

        return true;
    }

    private object EvaluateConcatenation(ConcatenationNode node, Scope scope)
    {
        var values = EvaluateAll(node.Items, scope);
        // The reference folds what is constant before it knows about escaping.
        return Autoescape && values.Any(value => value is Markup) && !node.Items.All(IsConstant)
            ? new Markup(Joining.Join("", values.Select(value => Markup.Escape(value).Text)))
            : Joining.Join("", values.Select(Representation.Str));
    }

    private static bool IsConstant(Expression? node)
    {
        while (node is FilterNode { Arguments.Positional.Count: 0 } filter) node = filter.Target;
        return node is ConstantNode;
    }

    private object? EvaluateConditional(ConditionalNode node, Scope scope)
    {
        if (Iteration.IsTrue(Evaluate(node.Test, scope))) return Evaluate(node.Then, scope);
        return node.Otherwise is null
            ? new Undefined("the inline if-expression evaluated to false and no else section was defined.")
            : Evaluate(node.Otherwise, scope);
    }

    // A chain of filters on a block's text, which is the target of the innermost.
    private object? FilterText(FilterNode node, object? text, Scope scope)
    {
        Budget.Descend();
        return EvaluateFilter(node, node.Target is FilterNode inner ? FilterText(inner, text, scope) : text, scope);
    }

    private object? EvaluateFilter(FilterNode node, object? value, Scope scope)
    {
        var arguments = EvaluateArguments(node.Arguments, scope);
        _line = node.Line;
        return Filters.Apply(this, node.Name, value, arguments);
    }

    private CallArguments EvaluateArguments(ArgumentNodes nodes, Scope scope)
    {
        if (ReferenceEquals(nodes, ArgumentNodes.None)) return CallArguments.None;
        var positional = EvaluateAll(nodes.Positional, scope);
        var keywords = new List<KeyValuePair<string, object?>>();
        foreach (var (name, value) in nodes.Keywords) keywords.Add(new(name, Evaluate(value, scope)));
        if (nodes.Spread is not null) positional.AddRange(Iteration.ToList(Evaluate(nodes.Spread, scope)));
        if (nodes.KeywordSpread is null) return new CallArguments(positional, keywords);
        if (Evaluate(nodes.KeywordSpread, scope) is not JinjaDictionary spread)
            throw JinjaException.Type("argument after ** must be a mapping");
        foreach (var (key, value) in spread.Entries)
        {
            if (!Strings.Is(key, out var name)) throw JinjaException.Type("keywords must be strings");
            if (keywords.Any(keyword => keyword.Key == name))
                throw JinjaException.Type($"got multiple values for keyword argument '{name}'");
            Budget.Charge(keywords.Count);
            keywords.Add(new(name, value));
        }

        return new CallArguments(positional, keywords);
    }

    private static object? Invoke(object? target, CallArguments arguments) => target switch
    {
        Undefined undefined => throw undefined.Fail(),
        Callable callable => callable.Call(arguments),
        LoopContext loop => loop.Recurse(arguments),
        _ => throw JinjaException.Type($"'{TypeNames.Of(target)}' object is not callable"),
    };
}

