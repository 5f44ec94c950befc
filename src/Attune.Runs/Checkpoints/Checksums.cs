using System.IO.Hashing;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Runs.Checkpoints;

/// <summary>
/// <c>checksums.json</c>: length in bytes and XXH3-128 of every file of a checkpoint. They find what a disk or a
/// half-done copy damaged; they do not stop someone who means harm.
/// </summary>
internal static class Checksums
{
    private const string FileName = "checksums.json";

    /// <summary>Puts every file of the folder on disk and writes down its checksum.</summary>
    public static void Write(string folder)
    {
        var files = new JsonObject();
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, 1 << 20);
            stream.Flush(flushToDisk: true);
            files[Path.GetRelativePath(folder, path).Replace('\\', '/')] = new JsonObject { ["bytes"] = stream.Length, ["xxh128"] = HashOf(stream) };
        }

        JsonFile.Write(Path.Combine(folder, FileName), new JsonObject { ["files"] = files });
        foreach (var inner in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories)) DurableFolder.Flush(inner);
        DurableFolder.Flush(folder);
    }

    /// <summary>Reads every file that <c>checksums.json</c> names; others in the folder do not matter.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Run"/> with the damaged file.</exception>
    public static void Verify(string folder)
    {
        var list = Path.Combine(folder, FileName);
        if (JsonFile.Read(list)["files"] is not JsonObject { Count: > 0 } files)
            throw new AttuneException(ExitCode.Run, $"{list} is damaged: it names no files.");
        foreach (var (name, entry) in files)
        {
            if (Path.IsPathRooted(name) || name.Split('/', '\\').Contains(".."))
                throw new AttuneException(ExitCode.Run, $"{list} is damaged: it names '{name}', which is outside the checkpoint.");
            VerifyFile(Path.Combine(folder, name), entry as JsonObject, list);
        }
    }

    private static void VerifyFile(string path, JsonObject? entry, string list)
    {
        if (JsonNumber.From(entry?["bytes"]) is not { } bytes || entry!["xxh128"] is not { } hash || hash.GetValueKind() != JsonValueKind.String)
            throw new AttuneException(ExitCode.Run, $"{list} is damaged: the entry of {Path.GetFileName(path)} has no bytes or no xxh128.");
        if (!File.Exists(path)) throw new AttuneException(ExitCode.Run, $"{path} is missing.");
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
        if (stream.Length != bytes) throw new AttuneException(ExitCode.Run, $"{path} is damaged: {stream.Length:N0} bytes, expected {bytes:N0}.");
        if (HashOf(stream) != hash.GetValue<string>()) throw new AttuneException(ExitCode.Run, $"{path} is damaged: its checksum does not fit.");
    }

    private static string HashOf(FileStream stream)
    {
        var hash = new XxHash128();
        hash.Append(stream);
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}
