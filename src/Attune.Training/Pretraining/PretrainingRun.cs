using Attune.Data.Corpus;
using Attune.Data.Preparation;
using Attune.Models.Generation;
using Attune.Runs;
using Attune.Text.Tokenizers;
using Attune.Training.Loop;
using Attune.Training.Objectives;
using Attune.Training.Recipes;
using Attune.Training.Recipes.Pretraining;
using Attune.Training.Running;
using Attune.Training.Tuned;

namespace Attune.Training.Pretraining;

/// <summary>A pretraining run and its directory: documents to tokens, then random weights, or a checkpoint's, to the last step.</summary>
public sealed class PretrainingRun : IDisposable
{
    private readonly OpenRun _run;
    private readonly ResolvedRecipe<PretrainRecipe> _recipe;
    private CorpusSummary? _corpus;
    private PretrainModel? _model;
    private TokenFile? _train, _validation;

    private PretrainingRun(OpenRun run, ResolvedRecipe<PretrainRecipe> recipe) => (_run, _recipe) = (run, recipe);

    /// <summary>Where it writes.</summary>
    public RunDirectory Directory => _run.Directory;

    /// <summary>The recipe, what the machine decides included.</summary>
    public ResolvedRecipe<PretrainRecipe> Recipe => Plan?.Recipe ?? _recipe;

    /// <summary>What it comes to; null before <see cref="Prepare"/>.</summary>
    public PretrainPlan? Plan { get; private set; }

    /// <summary>Makes a new run directory.</summary>
    /// <param name="recipe">What it leaves to be chosen is decided here.</param>
    /// <param name="clock">Names the directory and stamps the metrics.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Data"/>: a file is missing; <see cref="ExitCode.Model"/>: the tokenizer cannot be read; <see cref="ExitCode.Environment"/>: the directory cannot be made.</exception>
    public static PretrainingRun Start(ResolvedRecipe<PretrainRecipe> recipe, TimeProvider clock)
    {
        CorpusFiles.Find(recipe.Value.Data); // mistakes are told before anything is made
        CorpusPreparation.CheckTemplate(recipe.Value.Tokenizer);
        if (recipe.Value.Tokenizer.Path is { } tokenizer) CorpusPreparation.EosIdOf(TokenizerJson.Load(tokenizer), recipe.Value.Tokenizer);
        recipe = MachineChoices.Make(recipe);
        return new PretrainingRun(OpenRun.Start(recipe, clock, directory => PromptFormFile.Write(directory, new PromptForm(IsChat: false))), recipe);
    }

    /// <summary>Opens a run to go on: from its newest whole checkpoint, else from its tokens, else from its documents.</summary>
    /// <param name="folder">The run directory.</param>
    /// <param name="clock">Stamps the metrics.</param>
    /// <param name="notice">Is told, in a sentence, of a damaged checkpoint that was passed over.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Run"/>: not a pretraining run, in use, damaged.</exception>
    public static PretrainingRun Resume(string folder, TimeProvider clock, Action<string> notice) =>
        OpenRun.Resume(RecipeKind.Pretraining, folder, clock, notice, (run, recipe) => new PretrainingRun(run, MachineChoices.Make(recipe)));

    /// <summary>Makes tokenizer and tokens where they are not there yet, loads the model, and checks.</summary>
    /// <param name="observer">Watches.</param>
    /// <param name="cancellation">Stops it; the run can be resumed.</param>
    /// <exception cref="AttuneException">What is wrong with the documents; <see cref="ExitCode.Preflight"/>: too little memory; <see cref="ExitCode.Interrupted"/>.</exception>
    public PretrainPlan Prepare(ICorpusObserver observer, CancellationToken cancellation)
    {
        var recipe = _recipe.Value;
        try
        {
            _corpus = new CorpusPreparation(recipe, Directory, observer, cancellation).Run();
        }
        catch (OperationCanceledException exception)
        {
            throw new AttuneException(ExitCode.Interrupted, "Stopped before the documents were read; nothing is trained yet.", $"Go on with: ./attune pretrain --resume {Directory.Path}", exception);
        }

        _train = CorpusPreparation.OpenTrain(Directory, _corpus.VocabularySize);
        _validation = _corpus.Validation is null ? null : CorpusPreparation.OpenValidation(Directory, _corpus.VocabularySize);
        if (_train.Hash() != _corpus.Train.Hash)
            throw new AttuneException(ExitCode.Run, $"{Directory.DataPath}: the training tokens are not those of the run's manifest.json.", "Restore data/ from a copy, or start a new run.");
        var config = PretrainModel.Config(recipe, _corpus.VocabularySize, _corpus.EosId);
        _model = PretrainModel.Create(recipe, config, CorpusPreparation.ModelFolder(Directory), _run.From);
        var windows = _validation is null ? 0 : DocumentWindows.Count(_validation, recipe.MaxSequenceLength);
        Plan = new PretrainPlan(_recipe, _model, _train.Tokens, windows);
        Plan.RequireSense();
        if (recipe.MicroBatchTokens is null || recipe.ActivationCheckpointing == ActivationCheckpointing.Auto) AtomicFile.WriteText(Directory.RecipePath, RecipeWriter.Write(Plan.Recipe)); // with what was decided
        return Plan;
    }

    /// <summary>Trains to the end, after <see cref="Prepare"/>.</summary>
    /// <param name="observer">Watches.</param>
    /// <param name="stopRequested">Asked after each step; then a checkpoint is written and the run ends as interrupted.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Training"/>, <see cref="ExitCode.Environment"/>; <see cref="ExitCode.Run"/>: the tokens are not those of the run.</exception>
    public TrainingResult Train(ITrainingObserver observer, Func<bool> stopRequested)
    {
        var (plan, model, corpus) = (Plan!, _model!, _corpus!);
        var recipe = plan.Recipe.Value;
        var rows = new DocumentRows(_train!, recipe.MaxSequenceLength, recipe.Seed);
        var validation = _validation is null ? null : new ValidationText(_validation, recipe.MaxSequenceLength, corpus.Validation!.TextBytes);
        return new RunLoop
        {
            Run = _run,
            Recipe = recipe,
            Decoder = model.Decoder,
            Trained = model.Trained,
            Order = plan.Order,
            RowOrder = new RowOrder(recipe.Seed, plan.Order.EffectiveBatch, plan.Order.Examples, $"{corpus.Train.Hash}/{recipe.MaxSequenceLength}"),
            LearningRates = plan.LearningRates,
            EarlyStopping = new EarlyStopping(patience: null, threshold: 0),
            LargestMicroBatch = plan.Steps.LargestMicroBatch,
            Tokens = plan.TotalTokens,
            Objective = losses => new PretrainObjective(losses, rows, validation, recipe.MicroBatchTokens!.Value),
            Arithmetic = firstStep => plan.Arithmetic(Directory.Path, firstStep),
            Sample = Sample(recipe, model),
        }.Train(observer, stopRequested);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _model?.Dispose();
        _train?.Dispose();
        _validation?.Dispose();
        _run.Dispose();
    }

    /// <summary>The recipe's prompt, or the beginning of the first validation document, goes on.</summary>
    private Func<GeneratedSample?>? Sample(PretrainRecipe recipe, PretrainModel model)
    {
        const int longestPrompt = 16; // tokens
        var tokenizer = CorpusPreparation.LoadTokenizer(Directory);
        int[] ids = recipe.SamplePrompt is { } text ? tokenizer.Encode(text).Ids
            : _validation is null ? []
            : _validation.Read(0, (int)Math.Min(longestPrompt, _validation.LengthOf(0) - 1));
        if (ids.Length == 0) return null;
        var generator = new Generator(model.Decoder, tokenizer);
        var request = new GenerationRequest(ids) { MaxNewTokens = SampleAnswers.MaxNewTokens, StopTokenIds = [_corpus!.EosId] };
        return () => new GeneratedSample(tokenizer.Decode(ids), generator.Generate([request])[0].Text);
    }
}
