namespace Attune.Cli.Tests.Mistakes;

public sealed class UsageMistakes : IDisposable
{
    private readonly Workshop _workshop = new();

    [Theory]
    [InlineData("trian", "trian")]
    [InlineData("train recipe.yaml --fast", "--fast")]
    [InlineData("train", "recipe")]
    [InlineData("train --resume runs/x --set epochs=2", "--resume", "--set")]
    [InlineData("train recipe.yaml --resume runs/x", "--resume", "recipe.yaml")]
    [InlineData("train --resume runs/x --dry-run", "--resume", "--dry-run")]
    [InlineData("generate --prompt x", "--model")]
    [InlineData("generate runs/x --model model --prompt x", "--model")]
    [InlineData("generate --model model --prompt x --top-p 2", "top-p", "2")]
    [InlineData("generate --model model --prompt x --temperature hot", "temperature", "hot")]
    [InlineData("generate --model model --prompt x --max-new-tokens 0", "max-new-tokens", "0")]
    [InlineData("generate --model model --prompt x --threads 0", "threads", "0")]
    [InlineData("evaluate model", "--text")]
    [InlineData("evaluate --text recipe.yaml", "model")]
    [InlineData("evaluate model --text data.jsonl --context 1", "--context", "1")]
    [InlineData("evaluate model --text data.jsonl --context 100000", "--context", "100000")]
    [InlineData("merge runs/x", "--output")]
    [InlineData("data preview", "recipe")]
    public void A_wrong_word_is_named(string line, params string[] words) =>
        Expect.Mistake(_workshop.Run(line.Split(' ')), ExitCode.Usage, words);

    [Fact]
    public void An_empty_prompt() =>
        Expect.Mistake(_workshop.Run("generate", "--model", "model", "--prompt", ""), ExitCode.Usage, "prompt is empty");

    public void Dispose() => _workshop.Dispose();
}
