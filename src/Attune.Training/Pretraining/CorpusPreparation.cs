using Attune.Data.Corpus;
using Attune.Models.Export;
using Attune.Runs;
using Attune.Text.Templates;
using Attune.Text.Tokenizers;
using Attune.Text.Tokenizers.Training;
using Attune.Training.Recipes.Pretraining;

namespace Attune.Training.Pretraining;

/// <summary>
/// Makes <c>model/</c> (tokenizer and settings) and <c>data/</c> (documents as tokens) of a run. A run that was stopped
/// before the manifest was there makes them again, with the same result.
/// </summary>
internal sealed class CorpusPreparation(PretrainRecipe recipe, RunDirectory run, ICorpusObserver observer, CancellationToken cancellation)
{
    private const string TokenizerFile = "tokenizer.json";

    /// <summary>The folder of a run that holds tokenizer and settings.</summary>
    public static string ModelFolder(RunDirectory run) => Path.Combine(run.Path, "model");

    /// <summary>The training documents of a run.</summary>
    public static TokenFile OpenTrain(RunDirectory run, int vocabularySize) => TokenFile.Open(Part(run, "train"), vocabularySize);

    /// <summary>Its validation documents.</summary>
    public static TokenFile OpenValidation(RunDirectory run, int vocabularySize) => TokenFile.Open(Part(run, "validation"), vocabularySize);

    /// <summary>The tokenizer of a run.</summary>
    public static ITokenizer LoadTokenizer(RunDirectory run) => TokenizerJson.Load(Path.Combine(ModelFolder(run), TokenizerFile));

    /// <summary>Makes what is not there yet.</summary>
    /// <exception cref="AttuneException">A file that cannot be read; a tokenizer without the end-of-text token; the user asked to stop.</exception>
    public CorpusSummary Run()
    {
        var manifest = Path.Combine(run.DataPath, "manifest.json");
        var summary = CorpusSummary.Read(manifest);
        if (summary is null)
        {
            summary = Make();
            summary.Write(manifest);
        }

        observer.OnCorpus(summary);
        return summary;
    }

    /// <summary>The id of the end-of-text token.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Recipe"/>: the tokenizer has none.</exception>
    public static int EosIdOf(ITokenizer tokenizer, TokenizerOptions options) => tokenizer.TokenToId(options.EosToken)
        ?? throw new AttuneException(ExitCode.Recipe, $"tokenizer.eos_token is {options.EosToken}, which {options.Path} does not have.", "Name the token that ends a text in this tokenizer.");

    /// <summary>Throws where the chat template is missing or is none.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: with file and line.</exception>
    public static void CheckTemplate(TokenizerOptions options)
    {
        if (options.ChatTemplate is not { } path) return;
        if (!File.Exists(path)) throw new AttuneException(ExitCode.Model, $"tokenizer.chat_template: {path} is not there.", "Relative paths count from the current directory.");
        ChatTemplate.Parse(File.ReadAllText(path), path);
    }

    /// <summary>What a tokenizer is trained with.</summary>
    public static BpeTrainerOptions TrainerOptions(TokenizerOptions options) => new() { VocabularySize = options.VocabularySize, SpecialTokens = options.SpecialTokens, BosToken = options.EosToken };

    private static int? EndOfTurnIdOf(ITokenizer tokenizer, TokenizerOptions options) => options.EndOfTurnToken is not { } token ? null
        : tokenizer.TokenToId(token)
        ?? throw new AttuneException(ExitCode.Recipe, $"tokenizer.end_of_turn_token is {token}, which {options.Path} does not have.", "Name the token that ends a turn in this tokenizer.");

    private static string Part(RunDirectory run, string name) => Path.Combine(run.DataPath, name);

    private CorpusSummary Make()
    {
        var files = CorpusFiles.Find(recipe.Data);
        var folder = ModelFolder(run);
        Directory.CreateDirectory(run.DataPath);
        Directory.CreateDirectory(folder);
        MakeTokenizer(files, Path.Combine(folder, TokenizerFile));
        var tokenizer = LoadTokenizer(run);
        var eos = EosIdOf(tokenizer, recipe.Tokenizer);
        var config = PretrainModel.Config(recipe, tokenizer.VocabularySize, eos);
        NewModelFolder.Write(folder, config, recipe.Architecture.InitializerRange, recipe.Tokenizer.EosToken, EndOfTurnIdOf(tokenizer, recipe.Tokenizer));
        if (recipe.Tokenizer.ChatTemplate is { } template) File.Copy(template, Path.Combine(folder, "chat_template.jinja"), overwrite: true);

        var writer = new TokenFileWriter(tokenizer, eos, recipe.Threads ?? Environment.ProcessorCount);
        var reader = new DocumentReader(files, recipe.Data);
        var train = writer.Write(Part(run, "train"), reader.Read(), observer.OnEncoded, cancellation);
        return new CorpusSummary
        {
            VocabularySize = tokenizer.VocabularySize,
            EosId = eos,
            Train = train,
            Validation = recipe.Data.Validation is not { } validation ? null : writer.Write(
                Part(run, "validation"), new DocumentReader([validation], recipe.Data with { Exclude = [] }).Read(), done => observer.OnEncoded(train.TextBytes + done), cancellation),
            Excluded = reader.Excluded,
            Empty = reader.Empty,
            BadRows = reader.BadRows.Count,
        };
    }

    private void MakeTokenizer(IReadOnlyList<string> files, string path)
    {
        if (recipe.Tokenizer.Path is { } existing)
        {
            File.Copy(existing, path, overwrite: true);
            return;
        }

        var texts = new DocumentReader(files, recipe.Data).Read().Select(document => document.Text);
        BpeTrainer.Train(texts, TrainerOptions(recipe.Tokenizer), observer.OnTokenizer, cancellation).Save(path);
    }
}
