using System.Text.Json.Nodes;

namespace Attune.Cli.Tests.Invariants;

public sealed class MergedTests(TinyRuns runs) : IClassFixture<TinyRuns>
{
    private const string Asked = "Where is my lamp 3?";

    // A few steps: the model has moved, but does not yet stop after one word, so that many tokens are compared.
    private const string More = "learning_rate: 0.0003\nwarmup_steps: 0\neval_steps: 3\ncompute_type: float32\nthreads: 1";

    [Theory]
    [InlineData("lora", "method: lora\nlora: {rank: 4, modules_to_save: [embed_tokens]}")]
    [InlineData("full", TinyRuns.Full)]
    public void Merged_it_answers_as_the_run_does(string name, string method)
    {
        var run = runs.Finished(name, method, More, "max_steps=3", "epochs=2");
        var merged = $"merged-{name}";
        TinyRuns.Expect(0, runs.Attune("merge", run.Path, "--output", merged, "--type", "float32"));

        var expected = Generate(run.Path, "--prompt", Asked);
        var actual = Generate("--model", merged, "--chat", "--prompt", $"Delivery or billing?\n\n{Asked}");
        Assert.Equal(Answer(expected), Answer(actual));
        Assert.Equal((int)expected["prompt_tokens"]!, (int)actual["prompt_tokens"]!);
        Assert.InRange((int)expected["tokens"]!, 8, 24);

        var untuned = Generate("--model", "model", "--chat", "--prompt", $"Delivery or billing?\n\n{Asked}");
        Assert.NotEqual(Answer(expected), Answer(untuned));
    }

    [Fact]
    public void Training_goes_on_from_a_merged_folder()
    {
        var run = runs.Finished("first", TinyRuns.Lora, "learning_rate: 0.005\neval_steps: 100\ncompute_type: float32\nthreads: 1", "epochs=10");
        TinyRuns.Expect(0, runs.Attune("merge", run.Path, "--output", "merged-first", "--type", "float32"));
        runs.Recipe("second", TinyRuns.Lora, "compute_type: float32\nmax_steps: 1\nwarmup_steps: 0\nthreads: 1");
        TinyRuns.Expect(0, runs.Attune("train", "second.yaml", "--model", "merged-first"));
        var (tuned, onwards) = (run.Evaluation["tuned"]!, runs.RunOf("second").Evaluation["base"]!);
        Assert.Equal(tuned["predicted"]!.ToJsonString(), onwards["predicted"]!.ToJsonString());
    }

    [Fact]
    public void A_GGUF_file_generates_what_its_safetensors_generate()
    {
        var folder = Goldens.Path("gguf/models/llama");
        var gguf = Generate("--model", Path.Combine(folder, "model.gguf"), "--prompt", "The weather is");
        var safetensors = Generate("--model", Path.Combine(folder, "hf"), "--prompt", "The weather is");
        Assert.Equal(Answer(safetensors), Answer(gguf));
        Assert.InRange((int)gguf["tokens"]!, 8, 24);
    }

    private JsonObject Generate(params string[] words)
    {
        var result = TinyRuns.Expect(0, runs.Attune(["generate", .. words, "--json", "--compute-type", "float32", "--max-new-tokens", "24"]));
        return JsonNode.Parse(result.Output)!.AsObject();
    }

    private static (string Text, int Tokens) Answer(JsonObject json) => ((string)json["text"]!, (int)json["tokens"]!);
}
