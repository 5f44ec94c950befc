namespace Attune.Text.Templates.Jinja.Syntax;

/// <summary>A piece of a template. <paramref name="line"/> is 1-based.</summary>
internal abstract class Node(int line)
{
    public int Line { get; } = line;
}

/// <summary>Something with a value.</summary>
internal abstract class Expression(int line) : Node(line);

/// <summary>Template text, printed as it is.</summary>
internal sealed class TextNode(string text, int line) : Expression(line)
{
    public string Text { get; } = text;
}

/// <summary>A literal.</summary>
internal sealed class ConstantNode(object? value, int line) : Expression(line)
{
    public object? Value { get; } = value;
}

/// <summary>A variable, read or assigned.</summary>
internal sealed class NameNode(string name, int line) : Expression(line)
{
    public string Name { get; } = name;
}

/// <summary><c>namespace.attribute</c> as the target of an assignment.</summary>
internal sealed class NamespaceTargetNode(string name, string attribute, int line) : Expression(line)
{
    public string Name { get; } = name;

    public string Attribute { get; } = attribute;
}

/// <summary><c>(a, b)</c>, or the targets of an assignment.</summary>
internal sealed class TupleNode(IReadOnlyList<Expression> items, int line) : Expression(line)
{
    public IReadOnlyList<Expression> Items { get; } = items;
}

/// <summary><c>[a, b]</c>.</summary>
internal sealed class ListNode(IReadOnlyList<Expression> items, int line) : Expression(line)
{
    public IReadOnlyList<Expression> Items { get; } = items;
}

/// <summary><c>{a: b}</c>.</summary>
internal sealed class DictionaryNode(IReadOnlyList<(Expression Key, Expression Value)> pairs, int line) : Expression(line)
{
    public IReadOnlyList<(Expression Key, Expression Value)> Pairs { get; } = pairs;
}

/// <summary><c>then if test else otherwise</c>; without else it is undefined.</summary>
internal sealed class ConditionalNode(Expression test, Expression then, Expression? otherwise, int line) : Expression(line)
{
    public Expression Test { get; } = test;

    public Expression Then { get; } = then;

    public Expression? Otherwise { get; } = otherwise;
}

/// <summary><c>-a</c>, <c>+a</c> or <c>not a</c>.</summary>
internal sealed class UnaryNode(string op, Expression operand, int line) : Expression(line)
{
    public string Operator { get; } = op;

    public Expression Operand { get; } = operand;
}

/// <summary>Arithmetic: <c>+ - * / // % **</c>.</summary>
internal sealed class BinaryNode(string op, Expression left, Expression right, int line) : Expression(line)
{
    public string Operator { get; } = op;

    public Expression Left { get; } = left;

    public Expression Right { get; } = right;
}

/// <summary><c>a and b</c> or <c>a or b</c>: one of the operands.</summary>
internal sealed class LogicalNode(bool isAnd, Expression left, Expression right, int line) : Expression(line)
{
    public bool IsAnd { get; } = isAnd;

    public Expression Left { get; } = left;

    public Expression Right { get; } = right;
}

/// <summary>A chain <c>a &lt; b == c in d</c>, true where every link is.</summary>
internal sealed class ComparisonNode(
    Expression first, IReadOnlyList<(string Operator, Expression Operand)> links, int line) : Expression(line)
{
    public Expression First { get; } = first;

    public IReadOnlyList<(string Operator, Expression Operand)> Links { get; } = links;
}

/// <summary><c>a ~ b ~ c</c>.</summary>
internal sealed class ConcatenationNode(IReadOnlyList<Expression> items, int line) : Expression(line)
{
    public IReadOnlyList<Expression> Items { get; } = items;
}

/// <summary><c>a.name</c>.</summary>
internal sealed class MemberNode(Expression target, string name, int line) : Expression(line)
{
    public Expression Target { get; } = target;

    public string Name { get; } = name;
}

/// <summary><c>a[index]</c>.</summary>
internal sealed class ItemNode(Expression target, Expression index, int line) : Expression(line)
{
    public Expression Target { get; } = target;

    public Expression Index { get; } = index;
}

/// <summary><c>start:stop:step</c> inside of brackets.</summary>
internal sealed class SliceNode(Expression? start, Expression? stop, Expression? step, int line) : Expression(line)
{
    public Expression? Start { get; } = start;

    public Expression? Stop { get; } = stop;

    public Expression? Step { get; } = step;
}

/// <summary>What stands in the parentheses of a call: <c>a, name=b, *c, **d</c>.</summary>
internal sealed record ArgumentNodes(
    IReadOnlyList<Expression> Positional,
    IReadOnlyList<(string Name, Expression Value)> Keywords,
    Expression? Spread,
    Expression? KeywordSpread)
{
    public static readonly ArgumentNodes None = new([], [], null, null);
}

/// <summary><c>a(…)</c>.</summary>
internal sealed class CallNode(Expression target, ArgumentNodes arguments, int line) : Expression(line)
{
    public Expression Target { get; } = target;

    public ArgumentNodes Arguments { get; } = arguments;
}

/// <summary><c>a | name(…)</c>; without a target it filters a block's text.</summary>
internal sealed class FilterNode(Expression? target, string name, ArgumentNodes arguments, int line) : Expression(line)
{
    public Expression? Target { get; } = target;

    public string Name { get; } = name;

    public ArgumentNodes Arguments { get; } = arguments;
}

/// <summary><c>a is name(…)</c>.</summary>
internal sealed class TestNode(Expression target, string name, ArgumentNodes arguments, int line) : Expression(line)
{
    public Expression Target { get; } = target;

    public string Name { get; } = name;

    public ArgumentNodes Arguments { get; } = arguments;
}
