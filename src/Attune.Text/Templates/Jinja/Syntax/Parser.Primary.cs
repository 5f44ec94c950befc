using System.Globalization;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.Syntax;

/// <summary>Literals, names and what follows them: members, calls, filters, tests.</summary>
internal sealed partial class Parser
{
    private Expression ParsePrimary(bool withNamespace)
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                Next();
                return ParseName(token, withNamespace);
            case TokenKind.String:
                return ParseStrings(token.Line);
            case TokenKind.Integer:
                Next();
                return new ConstantNode(NumberText.ParseLiteral(token.Text), token.Line);
            case TokenKind.Float:
                Next();
                var digits = token.Text.Replace("_", "");
                return new ConstantNode(double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture), token.Line);
        }

        if (token.IsOperator("[")) return ParseList();
        if (token.IsOperator("{")) return ParseDictionary();
        if (!token.IsOperator("(")) throw Fail($"unexpected '{token.Description}'");
        Next();
        var inner = ParseTuple(inParentheses: true);
        ExpectOperator(")");
        return inner;
    }

    private Expression ParseName(Token token, bool withNamespace)
    {
        switch (token.Text)
        {
            case "true" or "True": return new ConstantNode(true, token.Line);
            case "false" or "False": return new ConstantNode(false, token.Line);
            case "none" or "None": return new ConstantNode(null, token.Line);
        }

        if (!withNamespace || !SkipOperator(".")) return new NameNode(token.Text, token.Line);
        return new NamespaceTargetNode(token.Text, Expect(TokenKind.Name, "name").Text, token.Line);
    }

    private ConstantNode ParseStrings(int line)
    {
        var text = Next().Text;
        if (Current.Kind != TokenKind.String) return new ConstantNode(text, line);
        var all = new System.Text.StringBuilder(text);
        while (Current.Kind == TokenKind.String) all.Append(Next().Text);
        return new ConstantNode(all.ToString(), line);
    }

    private ListNode ParseList()
    {
        var line = Next().Line;
        var items = new List<Expression>();
        while (!Current.IsOperator("]"))
        {
            if (items.Count > 0) ExpectOperator(",");
            if (Current.IsOperator("]")) break;
            items.Add(ParseExpression());
        }

        ExpectOperator("]");
        return new ListNode(items, line);
    }

    private DictionaryNode ParseDictionary()
    {
        var line = Next().Line;
        var pairs = new List<(Expression, Expression)>();
        while (!Current.IsOperator("}"))
        {
            if (pairs.Count > 0) ExpectOperator(",");
            if (Current.IsOperator("}")) break;
            var key = ParseExpression();
            ExpectOperator(":");
            pairs.Add((key, ParseExpression()));
        }

        ExpectOperator("}");
        return new DictionaryNode(pairs, line);
    }

    private Expression ParsePostfix(Expression node)
    {
        while (true)
        {
            if (Current.IsOperator(".")) node = ParseMember(node);
            else if (Current.IsOperator("[")) node = ParseItem(node);
            else if (Current.IsOperator("(")) node = ParseCall(node);
            else return node;
        }
    }

    private Expression ParseFiltersAndTests(Expression node)
    {
        while (true)
        {
            if (Current.IsOperator("|")) node = ParseFilters(node)!;
            else if (Current.IsName("is")) node = ParseTest(node);
            else if (Current.IsOperator("(")) node = ParseCall(node);
            else return node;
        }
    }

    private Expression ParseMember(Expression target)
    {
        var line = Next().Line;
        var name = Next();
        return name.Kind switch
        {
            TokenKind.Name => new MemberNode(target, name.Text, line),
            TokenKind.Integer =>
                new ItemNode(target, new ConstantNode(NumberText.ParseLiteral(name.Text), name.Line), line),
            _ => throw JinjaException.Syntax("expected name or number", name.Line),
        };
    }

    private ItemNode ParseItem(Expression target)
    {
        var line = Next().Line;
        var indices = new List<Expression>();
        while (!Current.IsOperator("]"))
        {
            if (indices.Count > 0) ExpectOperator(",");
            indices.Add(ParseIndex());
        }

        ExpectOperator("]");
        return new ItemNode(target, indices.Count == 1 ? indices[0] : new TupleNode(indices, line), line);
    }

    private Expression ParseIndex()
    {
        var line = Current.Line;
        var start = Current.IsOperator(":") ? null : ParseExpression();
        if (start is not null && !Current.IsOperator(":")) return start;
        Next();
        var stop = Current.IsOperator(":") ? null : ParseBound();
        var step = SkipOperator(":") ? ParseBound() : null;
        return new SliceNode(start, stop, step, line);
    }

    private Expression? ParseBound() => Current.IsOperator("]") || Current.IsOperator(",") ? null : ParseExpression();

    private CallNode ParseCall(Expression target)
    {
        var line = Current.Line;
        return new CallNode(target, ParseArguments(), line);
    }

    private ArgumentNodes ParseArguments()
    {
        var line = Next().Line;
        var positional = new List<Expression>();
        var keywords = new List<(string, Expression)>();
        Expression? spread = null;
        Expression? keywordSpread = null;
        for (var isFirst = true; !Current.IsOperator(")"); isFirst = false)
        {
            if (!isFirst) ExpectOperator(",");
            if (Current.IsOperator(")")) break;
            bool inOrder;
            if (SkipOperator("*"))
            {
                inOrder = spread is null && keywordSpread is null;
                spread = ParseExpression();
            }
            else if (SkipOperator("**"))
            {
                inOrder = keywordSpread is null;
                keywordSpread = ParseExpression();
            }
            else if (Current.Kind == TokenKind.Name && Ahead.IsOperator("="))
            {
                inOrder = keywordSpread is null;
                var name = Next().Text;
                Next();
                keywords.Add((name, ParseExpression()));
            }
            else
            {
                inOrder = spread is null && keywordSpread is null && keywords.Count == 0;
                if (inOrder) positional.Add(ParseExpression());
            }

            if (!inOrder) throw JinjaException.Syntax("invalid syntax for function call expression", line);
        }

        ExpectOperator(")");
        return new ArgumentNodes(positional, keywords, spread, keywordSpread);
    }

    private Expression? ParseFilters(Expression? node)
    {
        while (SkipOperator("|")) node = ParseOneFilter(node);
        return node;
    }

    private FilterNode ParseOneFilter(Expression? target)
    {
        var line = Current.Line;
        var name = ParseDottedName();
        return new FilterNode(target, name, Current.IsOperator("(") ? ParseArguments() : ArgumentNodes.None, line);
    }

    private string ParseDottedName()
    {
        var name = Expect(TokenKind.Name, "name").Text;
        while (SkipOperator(".")) name += "." + Expect(TokenKind.Name, "name").Text;
        return name;
    }

    private Expression ParseTest(Expression target)
    {
        var line = Next().Line;
        var isNegated = SkipName("not");
        var name = ParseDottedName();
        var arguments = Current.IsOperator("(") ? ParseArguments() : ParseBareArgument();
        Expression node = new TestNode(target, name, arguments, line);
        return isNegated ? new UnaryNode("not", node, line) : node;
    }

    // `is divisibleby 3`: one argument needs no parentheses.
    private ArgumentNodes ParseBareArgument()
    {
        var starts = Current.Kind is TokenKind.Name or TokenKind.String or TokenKind.Integer or TokenKind.Float ||
            Current.IsOperator("[") || Current.IsOperator("{");
        if (!starts || Current.IsName("else") || Current.IsName("or") || Current.IsName("and")) return ArgumentNodes.None;
        if (Current.IsName("is")) throw Fail("You cannot chain multiple tests with is");
        var argument = ParsePostfix(ParsePrimary(withNamespace: false));
        return new ArgumentNodes([argument], [], null, null);
    }
}

