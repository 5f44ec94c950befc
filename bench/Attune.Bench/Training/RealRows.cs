using Attune.Data;
using Attune.Data.Preparation;
using Attune.Data.Selection;
using Attune.Models;

namespace Attune.Bench.Training;

/// <summary>banking77 in chat form, the answer's tokens as labels: the rows of recipes/smollm2-135m.</summary>
internal static class RealRows
{
    /// <summary>The training file below <c>ATTUNE_SHARED</c>.</summary>
    public const string File = "data/banking77/train.csv";

    public static IReadOnlyList<Example> Load(string file, LanguageModel model)
    {
        var special = model.TokenizerConfig;
        var preparer = new RowPreparer(model.Tokenizer, model.Chat, new PreparationOptions
        {
            MaxSequenceLength = 256,
            BosToken = special.BosToken,
            EosToken = special.EosToken,
            PadToken = special.PadToken,
        });
        var sets = DataSets.Load(new DataOptions
        {
            Train = file,
            Columns = new Dictionary<string, string> { ["text"] = "text", ["label"] = "category" },
            Labels = new LabelSelection { MostFrequent = 10 },
            Limit = 320,
            Prompt = "What does this bank customer want? Answer with the intent.\n\n{text}",
        });
        return DataPreparation.Prepare(sets, preparer, BadRows.Stop).Train.Examples;
    }
}
