using Attune.Models;
using Attune.Models.Batches;
using Attune.Models.Generation;
using Attune.Models.Numerics;
using Attune.Runs;
using Attune.Runs.Checkpoints;
using Attune.Runs.Metrics;
using Attune.Training.Objectives;
using Attune.Training.Pretraining;
using Attune.Training.Tests.Loop;
using Attune.Training.Tests.Running;
using Attune.Training.Tuned;
using static TorchSharp.torch;

namespace Attune.Training.Tests.Pretraining;

public class PretrainingRunTests
{
    [Fact]
    public void It_learns_and_leaves_a_model_that_loads_and_generates()
    {
        using var scratch = new PretrainScratch();
        var recorder = new Recorder();
        var corpus = new SilentCorpus();
        using var run = scratch.Start(scratch.Recipe("learns", "epochs=8"));
        var plan = run.Prepare(corpus, CancellationToken.None);
        run.Train(recorder, () => false);

        Assert.Equal(50 + 1, corpus.Corpus!.Train.Documents);
        Assert.Equal(10, corpus.Corpus.Excluded["other"]);
        Assert.Equal(plan.TokensOfEpoch * 8, recorder.Steps.Sum(step => (long)step.Tokens));
        Assert.Equal(plan.TotalSteps, recorder.Steps.Count);
        var uniform = Math.Log(corpus.Corpus.VocabularySize);
        Assert.InRange(recorder.Steps[0].Loss, uniform - 0.1, uniform + 0.1); // small random weights know nothing
        Assert.True(recorder.Steps[^1].Loss < 0.4 * uniform, $"from {recorder.Steps[0].Loss} to {recorder.Steps[^1].Loss}");

        var metrics = MetricsFile.Read(run.Directory.MetricsPath);
        Assert.Equal(recorder.Evaluations.Select(one => one.BitsPerByte!.Value), metrics.Where(row => row.Values.ContainsKey(MetricNames.EvalLoss)).Select(row => row.Values[MetricNames.EvalBitsPerByte]));

        var checkpoint = CheckpointReader.LastOf(run.Directory)!;
        using var model = LanguageModel.Load(checkpoint.Path, new Precision(ScalarType.Float32));
        var prompt = model.Tokenizer.Encode("one and one are").Ids;
        var answer = new Attune.Models.Generation.Generator(model.Decoder, model.Tokenizer).Generate([new GenerationRequest(prompt) { MaxNewTokens = 8 }])[0];
        Assert.Matches(@"^ \w+\. \w+ and ", answer.Text); // goes on as the documents do
        Assert.Equal([0], model.GenerationDefaults.EosIds);
        using var tuned = TunedModel.Load(run.Directory, _ => { });
        Assert.Equal(48, tuned.Decoder.Config.MaxPositions);
    }

    [Theory]
    [InlineData(3)]  // before the first checkpoint
    [InlineData(6)]  // between two
    [InlineData(20)] // in a later epoch
    public void Killed_and_resumed_it_ends_in_the_same_bits(int step)
    {
        using var scratch = new PretrainScratch();
        var (straight, resumed) = (new Recorder(), new Recorder());
        var expected = scratch.Finish(scratch.Start(scratch.Recipe("straight")), straight);
        var killed = scratch.Start(scratch.Recipe("killed"));
        Assert.Throws<KilledException>(() => scratch.Finish(killed, new KillAfter(step)));
        var actual = scratch.Finish(PretrainingRun.Resume(killed.Directory.Path, TimeProvider.System, _ => { }), resumed);

        Assert.True(resumed.Steps.Count < straight.Steps.Count || step < 4);
        Assert.Equal(straight.Steps.TakeLast(resumed.Steps.Count).Select(one => one.Loss), resumed.Steps.Select(one => one.Loss));
        Assert.Equal(straight.Evaluations.TakeLast(resumed.Evaluations.Count).Select(one => one.BitsPerByte), resumed.Evaluations.Select(one => one.BitsPerByte));
        var (weights, others) = (PretrainScratch.LastWeights(expected), PretrainScratch.LastWeights(actual));
        Assert.Equal(["model.safetensors", "optimizer.safetensors"], weights.Keys.Order());
        Assert.All(weights, file => Assert.True(file.Value.AsSpan().SequenceEqual(others[file.Key]), file.Key));
    }

    [Fact]
    public void Made_longer_while_the_rate_is_stable_it_ends_in_the_bits_of_a_run_that_was_as_long_from_the_start()
    {
        using var scratch = new PretrainScratch();
        var expected = scratch.Finish(scratch.Start(scratch.Recipe("long", "warmup_steps=1", "epochs=3")), new Recorder());
        var run = scratch.Start(scratch.Recipe("short", "warmup_steps=1", "epochs=2"));
        Assert.Throws<KilledException>(() => scratch.Finish(run, new KillAfter(9)));
        var recipe = File.ReadAllText(run.Directory.RecipePath);
        File.WriteAllText(run.Directory.RecipePath, recipe.Replace("epochs: 2", "epochs: 3", StringComparison.Ordinal));
        var actual = scratch.Finish(PretrainingRun.Resume(run.Directory.Path, TimeProvider.System, _ => { }), new Recorder());
        var (weights, others) = (PretrainScratch.LastWeights(expected), PretrainScratch.LastWeights(actual));
        Assert.All(weights, file => Assert.True(file.Value.AsSpan().SequenceEqual(others[file.Key]), file.Key));
    }

    [Fact]
    public void Stopped_while_documents_are_read_it_begins_again_with_the_same_tokens()
    {
        using var scratch = new PretrainScratch();
        var expected = scratch.Finish(scratch.Start(scratch.Recipe("straight", "max_steps=2")), new Recorder());
        using var source = new CancellationTokenSource();
        string stopped;
        using (var run = scratch.Start(scratch.Recipe("stopped", "max_steps=2")))
        {
            stopped = run.Directory.Path;
            var error = Assert.Throws<AttuneException>(() => run.Prepare(new SilentCorpus { AfterTokenizer = source.Cancel }, source.Token));
            Assert.Equal(ExitCode.Interrupted, error.Code);
            Assert.Contains($"./attune pretrain --resume {stopped}", error.Hint, StringComparison.Ordinal);
            Assert.False(File.Exists(Path.Combine(stopped, "data/manifest.json")));
        }

        scratch.Finish(PretrainingRun.Resume(stopped, TimeProvider.System, _ => { }), new Recorder());
        foreach (var file in new[] { "model/tokenizer.json", "model/config.json", "data/train.tokens", "data/train.documents", "data/validation.tokens", "data/manifest.json" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(expected, file)), File.ReadAllBytes(Path.Combine(stopped, file)));
        Assert.All(PretrainScratch.LastWeights(expected), file => Assert.Equal(file.Value, PretrainScratch.LastWeights(stopped)[file.Key]));
    }

    [Fact]
    public void Tokens_that_have_changed_are_not_gone_on_with()
    {
        using var scratch = new PretrainScratch();
        var run = scratch.Finish(scratch.Start(scratch.Recipe("damaged", "max_steps=2")), new Recorder());
        var tokens = Path.Combine(run, "data/train.tokens");
        var bytes = File.ReadAllBytes(tokens);
        bytes[100] ^= 1;
        File.WriteAllBytes(tokens, bytes);
        using var resumed = PretrainingRun.Resume(run, TimeProvider.System, _ => { });
        var error = Assert.Throws<AttuneException>(() => resumed.Prepare(new SilentCorpus(), CancellationToken.None));
        Assert.Equal(ExitCode.Run, error.Code);
        Assert.Contains("the training tokens are not those of the run's manifest.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_first_weights_and_order_do_not_depend_on_threads()
    {
        using var scratch = new PretrainScratch();
        var (one, two) = (new Recorder(), new Recorder());
        var first = scratch.Finish(scratch.Start(scratch.Recipe("one", "max_steps=3")), one);
        var second = scratch.Finish(scratch.Start(scratch.Recipe("two", "max_steps=3", "threads=2")), two);
        foreach (var file in new[] { "model/tokenizer.json", "data/train.tokens", "data/train.documents", "data/manifest.json" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(first, file)), File.ReadAllBytes(Path.Combine(second, file)));
        Assert.Equal(one.Steps.Select(step => step.Loss), two.Steps.Select(step => step.Loss));
        Assert.Equal(PretrainScratch.LastWeights(first)["model.safetensors"], PretrainScratch.LastWeights(second)["model.safetensors"]);
    }

    /// <summary>Every token of a document but its first, given all before it: computed here a document at a time, with torch.</summary>
    [Fact]
    public void Bits_per_byte_are_what_their_definition_says()
    {
        using var scratch = new PretrainScratch();
        string[] texts = ["one and one are two.", "Größe: zwölf €", "x"];
        File.WriteAllLines(scratch.Full("kept.jsonl"), texts.Select(text => $$"""{"text": "{{text}}"}"""));
        var recorder = new Recorder();
        var folder = scratch.Finish(scratch.Start(scratch.Recipe("bits", "max_steps=4", "micro_batch_tokens=50")), recorder);

        using var model = LanguageModel.Load(CheckpointReader.LastOf(RunDirectory.Open(folder))!.Path, new Precision(ScalarType.Float32));
        var (nats, bytes) = (0.0, 0);
        foreach (var text in texts)
        {
            var encoding = model.Tokenizer.Encode(text);
            int[] ids = [.. encoding.Ids, 0];
            Assert.InRange(ids.Length, 2, 48);
            nats += new PlainLosses(model.Decoder).Losses(PackedBatch.Of(ids), [.. Enumerable.Range(0, ids.Length - 1)], ids[1..]).Sum(loss => (double)loss);
            bytes += System.Text.Encoding.UTF8.GetByteCount(text.AsSpan(encoding.Offsets[0].End));
        }

        Assert.Equal(nats / Math.Log(2) / bytes, recorder.Evaluations[^1].BitsPerByte!.Value, 5);
        Assert.Equal(nats / texts.Sum(text => model.Tokenizer.Encode(text).Ids.Length), recorder.Evaluations[^1].Loss, 5);
    }

    [Fact]
    public void A_tokenizer_that_exists_is_taken_as_it_is()
    {
        using var scratch = new PretrainScratch();
        var first = scratch.Finish(scratch.Start(scratch.Recipe("first", "max_steps=2")), new Recorder());
        var tokenizer = Path.Combine(first, "model/tokenizer.json");
        var text = File.ReadAllText(scratch.Full("sums.jsonl"));
        File.WriteAllText(scratch.Full("sums.jsonl"), text.Replace("one", "eleven", StringComparison.Ordinal));
        var second = scratch.Finish(scratch.Start(scratch.Recipe("second", "max_steps=2", $"tokenizer.path={tokenizer}")), new Recorder());
        Assert.Equal(File.ReadAllBytes(tokenizer), File.ReadAllBytes(Path.Combine(second, "model/tokenizer.json")));
    }

    [Fact]
    public void A_chat_template_goes_with_the_model_and_generation_stops_where_turns_end()
    {
        using var scratch = new PretrainScratch();
        var template = scratch.Full("chat.jinja");
        string[] sets = ["max_steps=2", "tokenizer.special_tokens=[<|endoftext|>, <|end|>]", "tokenizer.end_of_turn_token=<|end|>", $"tokenizer.chat_template={template}"];
        Assert.Contains($"tokenizer.chat_template: {template} is not there", Assert.Throws<AttuneException>(() => scratch.Start(scratch.Recipe("chat", sets))).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(scratch.Full("runs")));

        File.WriteAllText(template, "{% for message in messages %}{{ message['content'] + '<|end|>' }}{% endfor %}");
        var run = scratch.Finish(scratch.Start(scratch.Recipe("chat", sets)), new Recorder());
        using var model = LanguageModel.Load(CheckpointReader.LastOf(RunDirectory.Open(run))!.Path, new Precision(ScalarType.Float32));
        Assert.Equal([0, 1], model.GenerationDefaults.EosIds);
        Assert.Equal(File.ReadAllText(template), model.Chat!.Template.Source);
    }
}
