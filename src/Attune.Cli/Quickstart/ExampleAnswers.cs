using Attune.Data.Preparation;
using Attune.Models;
using Attune.Models.Generation;
using Attune.Training.Running;

namespace Attune.Cli.Quickstart;

/// <summary>
/// A few of the rows a run is measured on, for its models to answer in their own words. They lie evenly over the part, so that
/// nobody has chosen them by their answers.
/// </summary>
internal sealed class ExampleAnswers
{
    private const int Rows = 3;
    private const int MaxNewTokens = 40;

    private ExampleAnswers(IReadOnlyList<ExampleRow> asked) => Asked = asked;

    /// <summary>The rows.</summary>
    public IReadOnlyList<ExampleRow> Asked { get; }

    /// <summary>Takes the rows of a part; fewer where it has fewer.</summary>
    /// <param name="run">The run.</param>
    /// <param name="partName">The part that is measured.</param>
    public static ExampleAnswers Of(PreparedRun run, string partName)
    {
        var part = run.Data.Parts.First(one => one.Name == partName);
        var count = Math.Min(Rows, part.Examples.Count);
        return new([.. Enumerable.Range(0, count).Select(i => Row(run, part, part.Examples[i * part.Examples.Count / count]))]);
    }

    /// <summary>A model's answers, one a row.</summary>
    public IReadOnlyList<string> Of(LanguageModel model)
    {
        GenerationRequest[] requests =
        [
            .. Asked.Select(row => new GenerationRequest(row.PromptIds) { MaxNewTokens = MaxNewTokens, StopTokenIds = [.. model.GenerationDefaults.EosIds] }),
        ];
        return [.. new Generator(model.Decoder, model.Tokenizer).Generate(requests).Select(answer => answer.Text + (answer.FinishReason == FinishReason.Length ? " …" : ""))];
    }

    private static ExampleRow Row(PreparedRun run, PreparedPart part, Example example)
    {
        var row = AskedRow.Of(run, part, example);
        return new ExampleRow(row.Origin.ToString(), run.Form.TextOf(row.Text), row.PromptIds, row.Expected);
    }
}

/// <summary>A row to be answered.</summary>
/// <param name="Origin">File and line.</param>
/// <param name="Message">What is asked, without the recipe's words around it.</param>
/// <param name="PromptIds">What the model reads.</param>
/// <param name="Expected">The row's own answer.</param>
internal sealed record ExampleRow(string Origin, string Message, int[] PromptIds, string Expected);
