using Attune.Text.Templates.Jinja.Library;

namespace Attune.Text.Templates.Jinja.Syntax;

/// <summary>What Jinja finds out when it compiles, before anything is rendered.</summary>
internal static class Checker
{
    public static void Check(IReadOnlyList<Statement> template)
    {
        foreach (var statement in template) Visit(statement, isSoft: false, inLoop: false);
        CheckBlockNames(template);
    }

    // isSoft: inside an `if` an unknown filter or test is an error only when it is reached.
    private static void Visit(Node node, bool isSoft, bool inLoop)
    {
        Budget.Descend();
        switch (node)
        {
            case FilterNode filter when !isSoft && !Filters.Table.ContainsKey(filter.Name):
                throw Unknown("filter", filter.Name, node.Line);
            case TestNode test when !isSoft && !Tests.Table.ContainsKey(test.Name):
                throw Unknown("test", test.Name, node.Line);
            case LoopControlNode control when !inLoop:
                var word = control.IsBreak ? "break" : "continue";
                throw new JinjaException("SyntaxError", $"'{word}' outside of a loop", node.Line);
            case ForNode loop:
                VisitLoop(loop, isSoft, inLoop);
                return;
            case IfNode or ConditionalNode:
                isSoft = true;
                break;
            case MacroNode or CallBlockNode or GenerationNode or BlockNode:
                (isSoft, inLoop) = (false, false);
                break;
            case SetBlockNode or WithNode or FilterBlockNode or AutoescapeNode:
                isSoft = false;
                break;
        }

        foreach (var child in Tree.Children(node)) Visit(child, isSoft, inLoop);
    }

    private static void VisitLoop(ForNode loop, bool isSoft, bool inLoop)
    {
        foreach (var node in Tree.Descendants([loop]))
        {
            if (Targets(node).Any(target => Tree.Descendants([target]).Any(part => part is NameNode { Name: "loop" })))
            {
                throw new JinjaException(
                    "TemplateAssertionError", "Can't assign to special loop variable in for-loop target", node.Line);
            }
        }

        Visit(loop.Source, isSoft, inLoop);
        if (loop.Condition is not null) Visit(loop.Condition, isSoft: false, inLoop);
        foreach (var statement in loop.Body) Visit(statement, isSoft: false, inLoop: true);
        foreach (var statement in loop.Otherwise) Visit(statement, isSoft: false, inLoop);
    }

    private static IEnumerable<Expression> Targets(Node node) => node switch
    {
        ForNode loop => [loop.Target],
        SetNode set => [set.Target],
        SetBlockNode set => [set.Target],
        _ => [],
    };

    private static void CheckBlockNames(IReadOnlyList<Statement> template)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var block in Tree.Descendants(template).OfType<BlockNode>())
        {
            if (!names.Add(block.Name))
                throw new JinjaException("TemplateAssertionError", $"block '{block.Name}' defined twice", block.Line);
        }
    }

    private static JinjaException Unknown(string what, string name, int line) =>
        new("TemplateAssertionError", $"No {what} named '{name}'.", line);
}
