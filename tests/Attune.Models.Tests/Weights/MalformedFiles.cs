using System.Text.Json.Nodes;

namespace Attune.Models.Tests.Weights;

/// <summary>A golden folder of broken files, whose index has the verdict of a careful reader on each.</summary>
internal static class MalformedFiles
{
    /// <summary>Opens every file; anything but acceptance or a clear refusal fails the test.</summary>
    /// <returns>Files compared, and those judged otherwise than they should be.</returns>
    public static (int Compared, IReadOnlyList<string> Wrong) Judge(string folder, Action<string> open)
    {
        var wrong = new List<string>();
        var compared = 0;
        foreach (var line in File.ReadLines(Path.Combine(folder, "index.jsonl")))
        {
            var item = JsonNode.Parse(line)!;
            var (file, expected) = ((string)item["file"]!, (string)item["a_careful_reader"]!);
            var verdict = Verdict(Path.Combine(folder, file), open);
            if (expected != "either" && verdict != expected) wrong.Add($"{file}: {verdict}, expected {expected} ({item["what"]})");
            compared++;
        }

        return (compared, wrong);
    }

    // The files have 4 KB at most. Opened twice: the first time also pays for tables and patterns that are made once.
    private static string Verdict(string path, Action<string> open)
    {
        Try(path, open);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var verdict = Try(path, open);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20, $"{path} took more memory than it can justify");
        return verdict;
    }

    private static string Try(string path, Action<string> open)
    {
        try
        {
            open(path);
            return "accept";
        }
        catch (AttuneException exception) when (exception.Code == ExitCode.Model)
        {
            Assert.Contains(path, exception.Message, StringComparison.Ordinal);
            return "reject";
        }
    }
}
