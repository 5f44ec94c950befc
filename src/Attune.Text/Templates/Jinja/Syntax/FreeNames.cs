namespace Attune.Text.Templates.Jinja.Syntax;

/// <summary>Which names a piece of a template reads.</summary>
internal static class FreeNames
{
    private static readonly string[] Special = ["varargs", "kwargs", "caller"];

    /// <summary>
    /// Of <c>varargs</c>, <c>kwargs</c> and <c>caller</c>, those that a macro reads and does not name itself: only these
    /// are passed to it.
    /// </summary>
    public static IReadOnlySet<string> OfMacro(
        IReadOnlyList<(string Name, Expression? Default)> parameters, IReadOnlyList<Statement> body)
    {
        var read = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in Tree.Descendants(body))
        {
            if (node is NameNode { Name: var name } && Special.Contains(name)) read.Add(name);
        }

        read.ExceptWith(parameters.Select(parameter => parameter.Name));
        return read;
    }
}
