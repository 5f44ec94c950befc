namespace Attune.Testing;

/// <summary>The checkout the tests were built from: recipes and samples lie below it.</summary>
public static class Checkout
{
    /// <summary>The folder with Attune.slnx.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Attune.slnx"))) return at.FullName;
        }

        throw new DirectoryNotFoundException("No checkout above the tests.");
    }
}
