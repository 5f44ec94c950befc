using System.Text.Json.Nodes;
using Attune.Text.Templates;
using Attune.Text.Templates.Jinja;

namespace Attune.Text.Tests.Templates;

/// <summary>Rows of the golden files and how their outcome is written down.</summary>
internal static class GoldenRows
{
    /// <summary>The time that the goldens were rendered at.</summary>
    public static readonly DateTimeOffset Now = new(2025, 7, 10, 12, 0, 0, TimeSpan.Zero);

    public static List<JsonNode> Lines(string path) =>
        [.. File.ReadLines(path).Where(line => line.Length > 0).Select(line => JsonNode.Parse(line)!)];

    /// <summary>The mismatches of a golden file, the first few of them written out.</summary>
    public static void AssertAll(int expectedCount, int count, List<string> mismatches)
    {
        Assert.Equal(expectedCount, count);
        Assert.True(mismatches.Count == 0, $"{mismatches.Count} of {count} differ:\n{string.Join("\n", mismatches.Take(12))}");
    }

    /// <summary>The text, or the kind of error; with its message where the goldens pin it.</summary>
    public static string Outcome(Func<RenderedChat> render)
    {
        try
        {
            return render().Text;
        }
        catch (JinjaException e)
        {
            return ErrorText(e.Kind, e.Message);
        }
        catch (AttuneException e) when (e.Code == ExitCode.Model && e.InnerException is JinjaException inner)
        {
            return ErrorText(inner.Kind, inner.Message);
        }
    }

    public static string Expected(JsonNode row, string key) => row["error"] is { } error
        ? ErrorText((string)error["class"]!, (string)error["message"]!)
        : (string)row[key]!;

    /// <summary>Spans as the goldens have them: in code points.</summary>
    public static string SpansInCodePoints(RenderedChat chat) => string.Join(
        ' ', chat.GenerationSpans.Select(span => $"[{CodePoints(chat.Text, span.Start)},{CodePoints(chat.Text, span.End)}]"));

    public static string Spans(JsonNode spans) => string.Join(' ', spans.AsArray().Select(span => span!.ToJsonString()));

    private static int CodePoints(string text, int index) => text[..index].EnumerateRunes().Count();

    private static string ErrorText(string kind, string message) =>
        kind is "TemplateError" ? $"{kind}: {message}" : $"error {kind}";
}
