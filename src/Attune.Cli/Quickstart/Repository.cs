namespace Attune.Cli.Quickstart;

/// <summary>The repository that the program was built in: samples and the model that comes with Attune lie below it.</summary>
/// <param name="Root">Its folder.</param>
internal sealed record Repository(string Root)
{
    /// <summary>How the user calls the program from the current directory.</summary>
    public string Launcher => IsCurrent ? "./attune" : Quoted(Path.Combine(Root, "attune"));

    private bool IsCurrent => Directory.GetCurrentDirectory() == Root;

    /// <summary>Looks for it above the program.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Environment"/>: the program does not lie in it.</exception>
    public static Repository Find()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Attune.slnx"))) return new Repository(at.FullName);
        }

        throw new AttuneException(
            ExitCode.Environment, "The sample data lies in Attune's repository, and this program does not.",
            "Call ./attune quickstart of a clone, or train on your own rows: attune train RECIPE");
    }

    /// <summary>A path in it, as it is named from the current directory.</summary>
    /// <param name="relative">From the root.</param>
    public string PathOf(string relative) => IsCurrent ? relative : Path.Combine(Root, relative);

    private static string Quoted(string path) => path.Contains(' ') ? $"\"{path}\"" : path;
}
