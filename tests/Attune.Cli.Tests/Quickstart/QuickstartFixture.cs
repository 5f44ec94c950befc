using Attune.Cli.Tests.Invariants;
using Attune.Cli.Tests.Mistakes;

namespace Attune.Cli.Tests.Quickstart;

/// <summary>One run of <c>attune quickstart</c>, four steps of the tiny model, in a folder that is not the checkout.</summary>
public sealed class QuickstartFixture : IDisposable
{
    internal const string Model = "model";

    private readonly Workshop _workshop = new();

    public QuickstartFixture()
    {
        Before = Entries;
        Result = Attune("quickstart", "--model", Model, "--threads", "1", "--set", "max_steps=4", "--set", "compute_type=float32");
    }

    internal AttuneProcess.Result Result { get; }

    internal string Folder => _workshop.Folder;

    /// <summary>What lay in the folder before.</summary>
    internal IReadOnlyList<string> Before { get; }

    internal IReadOnlyList<string> Entries => [.. Directory.GetFileSystemEntries(Folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>The lines of the output.</summary>
    internal string[] Lines => TinyRuns.Expect(0, Result).Output.TrimEnd('\n').Split('\n');

    /// <summary>The commands to try next.</summary>
    internal IReadOnlyList<string[]> Next => [.. Lines.SkipWhile(line => line != "Try next").Where(line => line.StartsWith("    ", StringComparison.Ordinal)).Select(line => line.Trim().Split(' '))];

    internal AttuneProcess.Result Attune(params string[] words) => AttuneProcess.Run(words, Folder);

    internal void Write(string name, string text) => _workshop.Write(name, text);

    public void Dispose() => _workshop.Dispose();
}
