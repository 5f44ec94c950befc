namespace Attune.Text.Templates.Jinja.Syntax;

/// <summary>Walking a parsed template.</summary>
internal static class Tree
{
    /// <summary>Every node in and below these, parents first.</summary>
    public static IEnumerable<Node> Descendants(IEnumerable<Node> roots)
    {
        var pending = new Stack<Node>(roots.Reverse());
        while (pending.TryPop(out var node))
        {
            yield return node;
            foreach (var child in Children(node).Reverse()) pending.Push(child);
        }
    }

    /// <summary>The nodes directly inside of one.</summary>
    public static IEnumerable<Node> Children(Node node) => node switch
    {
        TupleNode n => n.Items,
        ListNode n => n.Items,
        DictionaryNode n => n.Pairs.SelectMany(pair => new[] { pair.Key, pair.Value }),
        ConditionalNode n => Some(n.Test, n.Then, n.Otherwise),
        UnaryNode n => [n.Operand],
        BinaryNode n => [n.Left, n.Right],
        LogicalNode n => [n.Left, n.Right],
        ComparisonNode n => [n.First, .. n.Links.Select(link => link.Operand)],
        ConcatenationNode n => n.Items,
        MemberNode n => [n.Target],
        ItemNode n => [n.Target, n.Index],
        SliceNode n => Some(n.Start, n.Stop, n.Step),
        CallNode n => [n.Target, .. Of(n.Arguments)],
        FilterNode n => [.. Some(n.Target), .. Of(n.Arguments)],
        TestNode n => [n.Target, .. Of(n.Arguments)],
        OutputNode n => n.Items,
        ForNode n => [n.Target, n.Source, .. Some(n.Condition), .. n.Body, .. n.Otherwise],
        IfNode n => [.. n.Branches.SelectMany(branch => branch.Body.Prepend<Node>(branch.Test)), .. n.Otherwise],
        SetNode n => [n.Target, n.Value],
        SetBlockNode n => [n.Target, .. Some(n.Filter), .. n.Body],
        WithNode n => [.. n.Assignments.SelectMany(pair => new[] { pair.Target, pair.Value }), .. n.Body],
        MacroNode n => Of(n.Definition),
        CallBlockNode n => [n.Call, .. Of(n.Caller)],
        FilterBlockNode n => [n.Filter, .. n.Body],
        AutoescapeNode n => [n.Flag, .. n.Body],
        BlockNode n => n.Body,
        GenerationNode n => n.Body,
        OtherTemplateNode n => [n.Template],
        _ => [],
    };

    private static IEnumerable<Node> Of(ArgumentNodes arguments) =>
    [
        .. arguments.Positional,
        .. arguments.Keywords.Select(keyword => keyword.Value),
        .. Some(arguments.Spread, arguments.KeywordSpread),
    ];

    private static IEnumerable<Node> Of(MacroDefinition macro) =>
        [.. Some([.. macro.Parameters.Select(parameter => parameter.Default)]), .. macro.Body];

    private static IEnumerable<Node> Some(params Node?[] nodes) => nodes.OfType<Node>();
}
