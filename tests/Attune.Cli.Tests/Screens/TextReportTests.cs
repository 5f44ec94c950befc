using Attune.Cli.Terminal;
using Attune.Evaluation.Metrics;
using Attune.Evaluation.Texts;
using static TorchSharp.torch;

namespace Attune.Cli.Tests.Screens;

public class TextReportTests
{
    [Fact]
    public void Files_of_several_documents_have_intervals()
    {
        using var output = new StringWriter();
        var console = Screen.Create(output, redirected: true);
        new TextReport("model", ScalarType.BFloat16, 1024, "<|endoftext|>", [Figures("valid.jsonl.gz", 112), Figures("book.txt", 1)]).Write(console);
        new TextReport("model.gguf", ScalarType.Float32, 512, null, [Figures("book.txt", 1)]).Write(console);
        Snapshot.Matches("evaluate", output.ToString());
    }

    private static TextFigures Figures(string file, int documents) => new(
        file,
        new TextMeasurement
        {
            Documents = documents,
            Tokens = 160_000,
            Bytes = 640_000,
            BitsPerByte = 1.25,
            Interval = documents > 1 ? new Estimate(1.25, 1.2, 1.31) : null,
            Perplexity = Math.Pow(2, 1.25 * 4),
        },
        Seconds: 12.5);
}
