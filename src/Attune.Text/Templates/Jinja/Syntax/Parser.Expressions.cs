namespace Attune.Text.Templates.Jinja.Syntax;

/// <summary>Operators, from the loosest to the tightest.</summary>
internal sealed partial class Parser
{
    private static readonly HashSet<string> Comparisons = ["==", "!=", "<", "<=", ">", ">="];

    private Expression ParseExpression()
    {
        Enter();
        var expression = ParseOr();
        while (true)
        {
            var line = Current.Line;
            if (!SkipName("if")) break;
            var test = ParseOr();
            var otherwise = SkipName("else") ? ParseExpression() : null;
            expression = new ConditionalNode(test, expression, otherwise, line);
        }

        Leave();
        return expression;
    }

    private Expression ParseOr()
    {
        var left = ParseAnd();
        while (Current.IsName("or"))
        {
            var line = Next().Line;
            left = new LogicalNode(isAnd: false, left, ParseAnd(), line);
        }

        return left;
    }

    private Expression ParseAnd()
    {
        var left = ParseNot();
        while (Current.IsName("and"))
        {
            var line = Next().Line;
            left = new LogicalNode(isAnd: true, left, ParseNot(), line);
        }

        return left;
    }

    private Expression ParseNot()
    {
        if (!Current.IsName("not")) return ParseComparison();
        Enter();
        var line = Next().Line;
        var node = new UnaryNode("not", ParseNot(), line);
        Leave();
        return node;
    }

    private Expression ParseComparison()
    {
        var line = Current.Line;
        var first = ParseSum();
        var links = new List<(string, Expression)>();
        while (true)
        {
            if (Current.Kind == TokenKind.Operator && Comparisons.Contains(Current.Text))
            {
                var op = Next().Text;
                links.Add((op, ParseSum()));
            }
            else if (SkipName("in"))
            {
                links.Add(("in", ParseSum()));
            }
            else if (Current.IsName("not") && Ahead.IsName("in"))
            {
                _position += 2;
                links.Add(("not in", ParseSum()));
            }
            else
            {
                return links.Count == 0 ? first : new ComparisonNode(first, links, line);
            }
        }
    }

    private Expression ParseSum() => ParseLeftAssociative(ParseConcatenation, "+", "-");

    private Expression ParseConcatenation()
    {
        var line = Current.Line;
        var first = ParseProduct();
        if (!Current.IsOperator("~")) return first;
        var items = new List<Expression> { first };
        while (SkipOperator("~")) items.Add(ParseProduct());
        return new ConcatenationNode(items, line);
    }

    private Expression ParseProduct() => ParseLeftAssociative(ParsePower, "*", "/", "//", "%");

    // As in Jinja, and unlike Python, a chain of powers is read from the left.
    private Expression ParsePower() => ParseLeftAssociative(() => ParseUnary(withFilter: true), "**");

    private Expression ParseLeftAssociative(Func<Expression> operand, params string[] operators)
    {
        var left = operand();
        while (Current.Kind == TokenKind.Operator && operators.Contains(Current.Text))
        {
            var op = Next();
            left = new BinaryNode(op.Text, left, operand(), op.Line);
        }

        return left;
    }

    private Expression ParseUnary(bool withFilter)
    {
        Enter();
        var token = Current;
        Expression node;
        if (token.IsOperator("-") || token.IsOperator("+"))
        {
            Next();
            node = new UnaryNode(token.Text, ParseUnary(withFilter: false), token.Line);
        }
        else
        {
            node = ParsePrimary(withNamespace: false);
        }

        node = ParsePostfix(node);
        if (withFilter) node = ParseFiltersAndTests(node);
        Leave();
        return node;
    }

    // Several expressions with commas between them are a tuple; `targets` reads names and literals only.
    private Expression ParseTuple(
        bool withConditional = true,
        string? endName = null,
        bool targets = false,
        bool withNamespace = false,
        bool inParentheses = false)
    {
        var line = Current.Line;
        var items = new List<Expression>();
        var isTuple = false;
        while (true)
        {
            if (items.Count > 0) ExpectOperator(",");
            if (IsTupleEnd(endName)) break;
            items.Add(targets ? ParsePrimary(withNamespace) : withConditional ? ParseExpression() : ParseOr());
            if (!Current.IsOperator(",")) break;
            isTuple = true;
        }

        if (isTuple) return new TupleNode(items, line);
        if (items.Count == 1) return items[0];
        if (!inParentheses) throw Fail($"Expected an expression, got '{Current.Description}'");
        return new TupleNode([], line);
    }

    private bool IsTupleEnd(string? endName) =>
        Current.Kind is TokenKind.VariableEnd or TokenKind.BlockEnd || Current.IsOperator(")") ||
        (endName is not null && Current.IsName(endName));
}

