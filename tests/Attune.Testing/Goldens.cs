using Xunit;

namespace Attune.Testing;

/// <summary>
/// The one way tests reach reference numbers, real weights and data, which are not part of the project.
/// Where they are absent the test skips and says why.
/// </summary>
public static class Goldens
{
    private static readonly string? Root = Find();

    /// <summary>A path below the goldens folder, for example <c>"tokenizers/texts.jsonl"</c>.</summary>
    public static string Path(string relative) => Resolve("golden", relative);

    /// <summary>A path below the models folder, for example <c>"smollm2-135m-instruct"</c>.</summary>
    public static string Model(string relative) => Resolve("models", relative);

    /// <summary>A path below the data folder, for example <c>"banking77/train.csv"</c>.</summary>
    public static string Data(string relative) => Resolve("data", relative);

    /// <summary>Skips the test unless the long checks were asked for (<c>./test --all</c>).</summary>
    public static void OnlyInFullRun(string reason)
    {
        if (Environment.GetEnvironmentVariable("ATTUNE_TEST_ALL") != "1")
            Assert.Skip($"Only with ./test --all: {reason}");
    }

    private static string Resolve(string kind, string relative)
    {
        var path = Root is null ? null : System.IO.Path.Combine(Root, kind, relative);
        if (path is null || (!File.Exists(path) && !Directory.Exists(path)))
            Assert.Skip($"Reference files are not on this machine: {kind}/{relative} (set ATTUNE_SHARED to their folder).");
        return path;
    }

    private static string? Find()
    {
        var named = Environment.GetEnvironmentVariable("ATTUNE_SHARED");
        if (!string.IsNullOrEmpty(named)) return named;
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var candidate = System.IO.Path.Combine(at.FullName, "shared");
            if (Directory.Exists(System.IO.Path.Combine(candidate, "golden"))) return candidate;
        }

        return null;
    }
}
