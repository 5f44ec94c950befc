using System.CommandLine;
using Attune.Cli.Options;
using Attune.Cli.Terminal;
using Attune.Data.Preparation;
using Attune.Data.Preview;
using Attune.Data.Selection;
using Attune.Models;
using Attune.Models.Numerics;
using Attune.Training.Recipes;
using Attune.Training.Running;
using static TorchSharp.torch;

namespace Attune.Cli.Commands;

/// <summary><c>attune data preview</c>: rows as the model sees them.</summary>
public static class DataCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var command = new Command("data", "Looks at a recipe's data.");
        command.Subcommands.Add(Preview());
        return HelpWithExamples.AddTo(command, ("attune data preview recipes/tiny/lora.yaml", "rows as the model sees them"));
    }

    private static Command Preview()
    {
        var command = new Command("preview", "Shows rows as the model sees them: tokens, which of them carry loss, lengths, findings.");
        var recipe = RecipeArguments.Of(command, isTraining: false);
        var rows = new Option<int>("--rows") { HelpName = "n", Description = "Training rows to show", DefaultValueFactory = _ => 3 };
        command.Options.Add(rows);
        command.SetAction(parsed => Run(recipe, parsed, parsed.GetValue(rows)));
        return HelpWithExamples.AddTo(
            command, ("attune data preview recipes/tiny/lora.yaml --rows 5", "five rows"),
            ("attune data preview recipes/tiny/lora.yaml --data FILE", "your own file"));
    }

    private static int Run(RecipeArguments<Recipe> arguments, ParseResult parsed, int rows)
    {
        if (rows < 0) throw new AttuneException(ExitCode.Usage, $"--rows is {rows}; expected at least 0.");
        var recipe = arguments.Load(parsed).Value;
        using var model = LanguageModel.Load(recipe.Model!, new Precision(ScalarType.Float32));
        var preparer = RowPreparation.Of(recipe, model);
        var data = DataPreparation.Prepare(DataSets.Load(recipe.Data), preparer, recipe.Data.BadRows);
        PreviewScreen.Write(Screen.Out, DataPreview.Of(data, preparer, rows));
        return (int)ExitCode.Success;
    }
}
