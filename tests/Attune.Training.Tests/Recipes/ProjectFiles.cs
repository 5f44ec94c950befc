namespace Attune.Training.Tests.Recipes;

/// <summary>Files of the checkout that tests read.</summary>
internal static class ProjectFiles
{
    /// <summary>The folder that holds the solution.</summary>
    public static string Root()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Attune.slnx"))) return at.FullName;
        }

        throw new InvalidOperationException("The tests run outside the checkout.");
    }
}
