using System.Globalization;
using System.Text.Json.Nodes;

namespace Attune.Runs.Checkpoints;

/// <summary>A complete checkpoint folder, for example <c>checkpoints/step-000120</c>.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Step">The last optimizer step in it.</param>
public sealed record Checkpoint(string Path, int Step)
{
    private const string Prefix = "step-";

    /// <summary>The folder's own name.</summary>
    public string Name => NameOf(Step);

    /// <summary><c>step-000120</c> for step 120; longer from a million on.</summary>
    public static string NameOf(int step) => Prefix + step.ToString("D6", CultureInfo.InvariantCulture);

    /// <summary>The checkpoint of a folder's path, or null when the folder is named otherwise.</summary>
    public static Checkpoint? FromPath(string path)
    {
        var name = System.IO.Path.GetFileName(path);
        return name.StartsWith(Prefix, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var step) && NameOf(step) == name
            ? new Checkpoint(path, step)
            : null;
    }

    /// <summary>The training loop's own record: step, epoch, data order, generators, early stopping, best metric.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Run"/>: missing or damaged.</exception>
    public JsonObject ReadState() => JsonFile.Read(System.IO.Path.Combine(Path, CheckpointStore.StateFile));

    /// <summary>Compares every file with its checksum.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Run"/> with the first file that is missing, shorter, longer or changed.</exception>
    public void Verify() => Checksums.Verify(Path);
}
