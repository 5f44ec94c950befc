using Attune.Data.Batching;
using Attune.Data.Preparation;
using Attune.Data.Selection;
using Attune.Models;
using Attune.Models.Adapters.Lora;
using Attune.Models.Weights;
using Attune.Runs.Checkpoints;
using Attune.Training.Loop;
using Attune.Training.Methods;
using Attune.Training.Preflight;
using Attune.Training.Recipes;
using Attune.Training.Schedules;

namespace Attune.Training.Running;

/// <summary>Everything a recipe names, loaded and checked: what <c>--dry-run</c> shows and a run trains with. Nothing is written yet.</summary>
public sealed class PreparedRun : IDisposable
{
    private PreparedRun(ResolvedRecipe<Recipe> recipe, LanguageModel model, RowPreparer preparer, PreparedData data, ITrainedModel trained)
    {
        (Model, Preparer, Data, Trained) = (model, preparer, data, trained);
        var value = recipe.Value;
        Order = new DataOrder(Train.Count, value.BatchSize * value.GradientAccumulationSteps, value.Epochs, value.Seed);
        TotalSteps = Math.Min(Order.TotalSteps, value.MaxSteps ?? int.MaxValue);
        LearningRates = LearningRates.Of(value, TotalSteps);
        Steps = StepPlan.Of(
            value, model.Decoder, trained, Train.Max(example => example.TokenIds.Length), most => MicroBatchSizes.Largest(Train, Order, TotalSteps, most));
        Recipe = recipe.Decided(Steps.MicroBatchTokens, Steps.Checkpointing);
    }

    /// <summary>The recipe, with what was left to be chosen.</summary>
    public ResolvedRecipe<Recipe> Recipe { get; }

    /// <summary>The base model, with an adapter on it or masters in it.</summary>
    public LanguageModel Model { get; }

    /// <summary>What made the examples.</summary>
    public RowPreparer Preparer { get; }

    /// <summary>Rows and examples of all parts.</summary>
    public PreparedData Data { get; }

    /// <summary>How the rows ask the model.</summary>
    public PromptForm Form => PromptForm.Of(Data.Sets, Recipe.Value.Data);

    /// <summary>What is trained.</summary>
    public ITrainedModel Trained { get; }

    /// <summary>Which rows each step takes.</summary>
    public DataOrder Order { get; }

    /// <summary>Optimizer steps of the run.</summary>
    public int TotalSteps { get; }

    /// <summary>The rate of each step.</summary>
    public LearningRates LearningRates { get; }

    /// <summary>How its steps are computed.</summary>
    public StepPlan Steps { get; }

    /// <summary>What preflight has to tell that does not stop the run.</summary>
    public IReadOnlyList<Finding> Findings => Data.Findings;

    internal IReadOnlyList<Example> Train => Data.Train.Examples;

    internal IReadOnlyList<Example> Validation => Data.Validation?.Examples ?? [];

    /// <summary>Loads data and model and runs preflight.</summary>
    /// <param name="recipe">The recipe; what it leaves to be chosen is decided here.</param>
    /// <param name="from">A checkpoint to go on from; null: the base model.</param>
    /// <exception cref="AttuneException">Whatever is wrong with recipe, data or model; <see cref="ExitCode.Preflight"/>: the run would silently fail.</exception>
    public static PreparedRun Create(ResolvedRecipe<Recipe> recipe, Checkpoint? from = null)
    {
        recipe = MachineChoices.Make(recipe);
        var sets = DataSets.Load(recipe.Value.Data);
        var model = LanguageModel.Load(recipe.Value.Model!, RecipePrecision.Of(recipe.Value, recipe.Value.Quantization));
        try
        {
            var preparer = RowPreparation.Of(recipe.Value, model);
            var data = DataPreparation.Prepare(sets, preparer, recipe.Value.Data.BadRows);
            PreflightCheck.Require(data.Findings, recipe.Value.Allow);
            var run = new PreparedRun(recipe, model, preparer, data, Attach(recipe.Value, model, from));
            run.RequireSense();
            return run;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>The arithmetic for screens.</summary>
    /// <param name="runFolder">The run directory, or where it would be made.</param>
    /// <param name="firstStep">The first step this process does.</param>
    public RunArithmetic Arithmetic(string runFolder, int firstStep = 1)
    {
        var own = Model.Decoder.Parameters.Select(parameter => parameter.Name).ToHashSet();
        return new RunArithmetic
        {
            RunFolder = runFolder,
            Examples = Train.Count,
            ValidationExamples = Validation.Count,
            Epochs = Order.Epochs,
            EffectiveBatch = Order.EffectiveBatch,
            TotalSteps = TotalSteps,
            FirstStep = firstStep,
            TrainableParameters = Steps.TrainableParameters,
            AllParameters = Model.Decoder.Parameters.Sum(parameter => parameter.Count)
                + Trained.Tensors.Where(tensor => !own.Contains(tensor.Name)).Sum(tensor => tensor.Value.numel()),
            EstimatedMemory = Steps.Memory.Total,
            WhyPlain = Steps.WhyPlain,
        };
    }

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();

    private static ITrainedModel Attach(Recipe recipe, LanguageModel model, Checkpoint? from)
    {
        if (recipe.Method == Method.Lora)
        {
            return new LoraTraining(from is null
                ? LoraAdapter.Attach(model.Decoder, recipe.Lora, recipe.Seed, recipe.Model)
                : LoraAdapter.Load(from.Path, model.Decoder, recipe.Seed));
        }

        using var masters = WeightSource.Open(from?.Path ?? recipe.Model!);
        return new FullTraining(model.Decoder, masters, recipe.Model!);
    }

    private void RequireSense()
    {
        Steps.RequireSense(Recipe.Value);
        LearningRates.RequireSense();
    }
}
