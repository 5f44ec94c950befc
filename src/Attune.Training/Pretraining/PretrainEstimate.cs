using Attune.Data.Corpus;
using Attune.Text.Tokenizers;
using Attune.Text.Tokenizers.Training;
using Attune.Training.Recipes;
using Attune.Training.Recipes.Pretraining;
using Attune.Training.Running;

namespace Attune.Training.Pretraining;

/// <summary>What a recipe would come to, without a run directory: every document is read and counted, the tokens are estimated from a part of them.</summary>
/// <param name="Plan">Rows, steps, memory.</param>
/// <param name="Documents">Training documents.</param>
/// <param name="TextBytes">Bytes of their texts.</param>
/// <param name="Excluded">Documents left out, by source.</param>
/// <param name="SampleBytes">Bytes of text from which the tokens were estimated.</param>
public sealed record PretrainEstimate(
    PretrainPlan Plan, int Documents, long TextBytes, IReadOnlyDictionary<string, int> Excluded, long SampleBytes)
{
    private const long LargestSample = 4 << 20; // bytes of text

    /// <summary>Reads the documents and estimates.</summary>
    /// <exception cref="AttuneException">Whatever is wrong with recipe or documents; <see cref="ExitCode.Preflight"/>: too little memory.</exception>
    public static PretrainEstimate Of(ResolvedRecipe<PretrainRecipe> recipe)
    {
        recipe = MachineChoices.Make(recipe);
        var value = recipe.Value;
        var files = CorpusFiles.Find(value.Data);
        var reader = new DocumentReader(files, value.Data);
        foreach (var _ in reader.Read())
        {
            // Counted by the reader.
        }

        var every = (int)Math.Max(1, (reader.Bytes + LargestSample - 1) / LargestSample);
        string[] sample = [.. new DocumentReader(files, value.Data).Read().Where((_, index) => index % every == 0).Select(document => document.Text)];
        var (tokenizer, vocabularySize) = Tokenizer(value.Tokenizer, sample);
        var sampleBytes = sample.Sum(text => (long)System.Text.Encoding.UTF8.GetByteCount(text));
        var sampleTokens = sample.Sum(text => (long)Tokens(text));
        var tokens = (2L * reader.Documents) + (long)((double)sampleTokens / sampleBytes * reader.Bytes);

        var windows = value.Data.Validation is not { } validation ? 0
            : new DocumentReader([validation], value.Data with { Exclude = [] }).Read().Sum(document => DocumentWindows.CountOf(Tokens(document.Text) + 2, value.MaxSequenceLength));

        var config = PretrainModel.Config(value, vocabularySize, CorpusPreparation.EosIdOf(tokenizer, value.Tokenizer));
        using var model = PretrainModel.Create(value, config, "", from: null);
        var plan = new PretrainPlan(recipe, model, tokens, windows);
        plan.RequireSense();
        return new PretrainEstimate(plan, reader.Documents, reader.Bytes, reader.Excluded, sampleBytes);

        int Tokens(string text) => tokenizer.Encode(text, addSpecialTokens: false, parseSpecialTokens: false).Ids.Length;
    }

    // A tokenizer that few documents are enough for is smaller than the one of all.
    private static (ITokenizer Tokenizer, int VocabularySize) Tokenizer(TokenizerOptions options, string[] sample)
    {
        if (options.Path is { } path)
        {
            var existing = TokenizerJson.Load(path);
            return (existing, existing.VocabularySize);
        }

        var trained = BpeTrainer.Train(sample, CorpusPreparation.TrainerOptions(options));
        return (TokenizerJson.Parse(System.Text.Encoding.UTF8.GetBytes(trained.ToTokenizerJson().ToJsonString()), "tokenizer.json"), options.VocabularySize);
    }
}
