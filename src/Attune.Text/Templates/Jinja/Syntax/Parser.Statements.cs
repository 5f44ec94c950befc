namespace Attune.Text.Templates.Jinja.Syntax;

/// <summary>Block tags.</summary>
internal sealed partial class Parser
{
    private Statement ParseStatement()
    {
        var tag = Expect(TokenKind.Name, "tag name");
        _openTags.Push(tag.Text);
        var line = tag.Line;
        Statement? statement = tag.Text switch
        {
            "for" => ParseFor(line),
            "if" => ParseIf(line),
            "set" => ParseSet(line),
            "with" => ParseWith(line),
            "macro" => ParseMacro(line),
            "call" => ParseCallBlock(line),
            "filter" => ParseFilterBlock(line),
            "autoescape" => new AutoescapeNode(ParseExpression(), ParseBlockTo("endautoescape"), line),
            "generation" => new GenerationNode(ParseBlockTo("endgeneration"), line),
            "block" => ParseBlock(line),
            "print" => ParsePrint(line),
            "break" => new LoopControlNode(isBreak: true, line),
            "continue" => new LoopControlNode(isBreak: false, line),
            "include" => ParseInclude(line),
            "extends" => new OtherTemplateNode(ParseExpression(), line),
            "import" => ParseImport(line),
            "from" => ParseFrom(line),
            _ => null,
        };
        _openTags.Pop();
        return statement ?? throw JinjaException.Syntax($"Encountered unknown tag '{tag.Text}'." + Awaiting(), line);
    }

    private ForNode ParseFor(int line)
    {
        var target = ParseTarget("in", withNamespace: false);
        ExpectName("in");
        var source = ParseTuple(withConditional: false, endName: "recursive");
        var condition = SkipName("if") ? ParseExpression() : null;
        var isRecursive = SkipName("recursive");
        var body = ParseBlockBody("endfor", "else");
        var otherwise = Next().Text == "else" ? ParseBlockTo("endfor") : [];
        return new ForNode(target, source, condition, isRecursive, body, otherwise, line);
    }

    private IfNode ParseIf(int line)
    {
        var branches = new List<(Expression, IReadOnlyList<Statement>)>();
        while (true)
        {
            var test = ParseTuple(withConditional: false);
            branches.Add((test, ParseBlockBody("elif", "else", "endif")));
            var end = Next().Text;
            if (end == "elif") continue;
            return new IfNode(branches, end == "else" ? ParseBlockTo("endif") : [], line);
        }
    }

    private Statement ParseSet(int line)
    {
        var target = ParseTarget(null, withNamespace: true);
        if (SkipOperator("=")) return new SetNode(target, ParseTuple(), line);
        var filter = (FilterNode?)ParseFilters(null);
        return new SetBlockNode(target, filter, ParseBlockTo("endset"), line);
    }

    private WithNode ParseWith(int line)
    {
        var assignments = new List<(Expression, Expression)>();
        while (Current.Kind != TokenKind.BlockEnd)
        {
            if (assignments.Count > 0) ExpectOperator(",");
            var target = ParseTarget(null, withNamespace: false);
            ExpectOperator("=");
            assignments.Add((target, ParseExpression()));
        }

        return new WithNode(assignments, ParseBlockTo("endwith"), line);
    }

    private MacroNode ParseMacro(int line)
    {
        var name = ParseTargetName();
        var parameters = ParseParameters();
        var body = ParseBlockTo("endmacro");
        return new MacroNode(new MacroDefinition(name, parameters, body, FreeNames.OfMacro(parameters, body)), line);
    }

    private CallBlockNode ParseCallBlock(int line)
    {
        IReadOnlyList<(string, Expression?)> parameters = Current.IsOperator("(") ? ParseParameters() : [];
        if (ParseExpression() is not CallNode call) throw JinjaException.Syntax("expected call", line);
        var body = ParseBlockTo("endcall");
        return new CallBlockNode(
            call, new MacroDefinition("caller", parameters, body, FreeNames.OfMacro(parameters, body)), line);
    }

    private List<(string Name, Expression? Default)> ParseParameters()
    {
        var parameters = new List<(string Name, Expression? Default)>();
        ExpectOperator("(");
        while (!Current.IsOperator(")"))
        {
            if (parameters.Count > 0) ExpectOperator(",");
            var name = ParseTargetName();
            var value = SkipOperator("=") ? ParseExpression() : null;
            if (value is null && parameters.Count > 0 && parameters[^1].Default is not null)
                throw Fail("non-default argument follows default argument");
            parameters.Add((name, value));
        }

        ExpectOperator(")");
        return parameters;
    }

    private FilterBlockNode ParseFilterBlock(int line)
    {
        var filter = (FilterNode)ParseFilters(ParseOneFilter(null))!;
        return new FilterBlockNode(filter, ParseBlockTo("endfilter"), line);
    }

    private BlockNode ParseBlock(int line)
    {
        var name = Expect(TokenKind.Name, "name").Text;
        var isScoped = SkipName("scoped");
        SkipName("required");
        var body = ParseBlockTo("endblock");
        SkipName(name);
        return new BlockNode(name, isScoped, body, line);
    }

    private OutputNode ParsePrint(int line)
    {
        var items = new List<Expression>();
        while (Current.Kind != TokenKind.BlockEnd)
        {
            if (items.Count > 0) ExpectOperator(",");
            items.Add(ParseExpression());
        }

        return new OutputNode(items, line);
    }

    private OtherTemplateNode ParseInclude(int line)
    {
        var template = ParseExpression();
        if (Current.IsName("ignore") && Ahead.IsName("missing")) _position += 2;
        SkipContextWords();
        return new OtherTemplateNode(template, line);
    }

    private OtherTemplateNode ParseImport(int line)
    {
        var template = ParseExpression();
        ExpectName("as");
        ParseTargetName();
        SkipContextWords();
        return new OtherTemplateNode(template, line);
    }

    private OtherTemplateNode ParseFrom(int line)
    {
        var template = ParseExpression();
        ExpectName("import");
        do
        {
            if (SkipContextWords()) break;
            ParseTargetName();
            if (SkipName("as")) ParseTargetName();
        }
        while (SkipOperator(","));
        SkipContextWords();
        return new OtherTemplateNode(template, line);
    }

    private bool SkipContextWords()
    {
        if (!(Current.IsName("with") || Current.IsName("without")) || !Ahead.IsName("context")) return false;
        _position += 2;
        return true;
    }

    private string ParseTargetName()
    {
        var token = Expect(TokenKind.Name, "name");
        CheckTarget(new NameNode(token.Text, token.Line));
        return token.Text;
    }

    // Names, tuples of names and, for `set`, attributes of namespaces.
    private Expression ParseTarget(string? endName, bool withNamespace)
    {
        var target = ParseTuple(endName: endName, targets: true, withNamespace: withNamespace);
        CheckTarget(target);
        return target;
    }

    private static void CheckTarget(Expression target)
    {
        switch (target)
        {
            case NamespaceTargetNode:
                return;
            case TupleNode tuple:
                foreach (var item in tuple.Items) CheckTarget(item);
                return;
            case NameNode { Name: not ("true" or "false" or "none" or "True" or "False" or "None") }:
                return;
            default:
                throw JinjaException.Syntax("can't assign to what is not a name", target.Line);
        }
    }
}

