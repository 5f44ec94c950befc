namespace Attune.Cli.Tests.Mistakes;

/// <summary>Mistakes of <c>attune evaluate</c>: it has no recipe, so none may send the user to a key of one.</summary>
public sealed class EvaluateMistakes : IDisposable
{
    private readonly Workshop _workshop = new();

    [Fact]
    public void A_text_that_is_not_there() => Mistake("gone.txt", null, "gone.txt is not there");

    [Fact]
    public void A_line_that_is_no_JSON() => Mistake("text.jsonl", "{\"text\": \"a b\"}\n{\"text\": \n", "text.jsonl line 2: not valid JSON");

    [Fact]
    public void A_line_without_text() => Mistake("text.jsonl", "{\"text\": \"a b\"}\n{\"body\": \"c\"}\n", "text.jsonl line 2: there is no text under 'text'; the line has body");

    [Fact]
    public void A_kind_of_file_that_holds_no_text() => Mistake("text.csv", "a,b\n", "text.csv", ".jsonl");

    [Fact]
    public void A_context_that_the_model_does_not_have()
    {
        _workshop.Write("text.txt", "a b");
        Expect.Mistake(_workshop.Run("evaluate", "model", "--text", "text.txt", "--context", "1"), ExitCode.Usage, "--context is 1");
    }

    [Fact]
    public void A_misspelt_option()
    {
        var result = _workshop.Run("evaluate", "model", "--txt", "text.txt");
        Assert.Equal((int)ExitCode.Usage, result.ExitCode);
        Assert.Contains("--txt", result.Error, StringComparison.Ordinal);
        Assert.Contains("attune evaluate --help", result.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _workshop.Dispose();

    private void Mistake(string file, string? content, params string[] words)
    {
        if (content is not null) _workshop.Write(file, content);
        var result = _workshop.Run("evaluate", "model", "--text", file);
        Expect.Mistake(result, ExitCode.Data, words);
        foreach (var key in (string[])["data.", "--data", "recipe"]) Assert.DoesNotContain(key, result.Error, StringComparison.Ordinal);
    }
}
