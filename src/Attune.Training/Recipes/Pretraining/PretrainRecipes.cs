using Attune.Runs;

namespace Attune.Training.Recipes.Pretraining;

/// <summary>Recipes of <c>attune pretrain</c>.</summary>
internal sealed class PretrainRecipes() : RecipeKind<PretrainRecipe>(RunKind.Pretraining, "docs/pretrain-recipe.md", "data.train")
{
    private static readonly Contradictions.Pair[] Pairs =
    [
        Contradictions.Warmup,
        new("total_tokens", "epochs", "The run's length is a number of tokens or of passes over the documents; keep one of them."),
        new("tokenizer.path", "tokenizer.vocabulary_size", "A tokenizer is taken as it is or trained; keep one of them."),
        new("tokenizer.path", "tokenizer.special_tokens", "A tokenizer is taken as it is or trained; keep one of them."),
    ];

    internal override void CheckContradictions(GivenValues given) => Contradictions.Check(given, Pairs);

    internal override void Check(PretrainRecipe recipe, GivenValues given, string path)
    {
        if (recipe.Data.Train.Count == 0)
            throw new AttuneException(ExitCode.Recipe, $"{path}: the key data.train is missing: where do the documents come from?", "Write 'data:' with 'train: file or pattern' below it, or pass --data.");
        CheckArchitecture(recipe, given, path);
        CheckTokenizer(recipe.Tokenizer, given, path);
    }

    internal override bool HasMeaning(string key, PretrainRecipe recipe) => key switch
    {
        "warmup_ratio" => recipe.WarmupSteps is null,
        "epochs" => recipe.TotalTokens is null,
        "tokenizer.end_of_turn_token" => recipe.Tokenizer.ChatTemplate is not null,
        "tokenizer.vocabulary_size" or "tokenizer.special_tokens" => recipe.Tokenizer.Path is null,
        _ => true,
    };

    private static void CheckArchitecture(PretrainRecipe recipe, GivenValues given, string path)
    {
        var sizes = recipe.Architecture;
        var shared = sizes.KeyValueHeads ?? sizes.Heads;
        if (sizes.Heads % shared != 0)
            throw Error("architecture.key_value_heads", $"architecture.heads is {sizes.Heads} and architecture.key_value_heads {shared}: the query heads do not divide among them.", "Take a divisor of heads.");
        if (sizes.HeadSize is null && (sizes.HiddenSize % sizes.Heads != 0 || sizes.HiddenSize / sizes.Heads % 2 != 0))
            throw Error("architecture.heads", $"architecture.hidden_size {sizes.HiddenSize} ÷ architecture.heads {sizes.Heads} is no even number, which the size of a head must be.", "Change one of the two, or give architecture.head_size.");
        if (sizes.HeadSize is { } size && size % 2 != 0)
            throw Error("architecture.head_size", $"architecture.head_size is {size}; rotary positions need an even number.", "Take the next even number.");
        if (recipe.MaxSequenceLength > sizes.Context)
            throw Error("max_sequence_length", $"max_sequence_length is {recipe.MaxSequenceLength}, more than architecture.context, {sizes.Context}.", "Write them equal.");

        AttuneException Error(string key, string message, string hint) =>
            given.PlaceOf(key)?.Error(message, hint) ?? given.PlaceOf("architecture")?.Error(message, hint) ?? new(ExitCode.Recipe, $"{path}: {message}", hint);
    }

    private static void CheckTokenizer(TokenizerOptions tokenizer, GivenValues given, string path)
    {
        if (tokenizer.Path is not null) return;
        if (!tokenizer.SpecialTokens.Contains(tokenizer.EosToken))
        {
            var message = $"tokenizer.eos_token is {tokenizer.EosToken}, which is not among tokenizer.special_tokens.";
            const string Hint = "Add it to the list.";
            throw (given.PlaceOf("tokenizer.eos_token") ?? given.PlaceOf("tokenizer.special_tokens"))?.Error(message, Hint) ?? new AttuneException(ExitCode.Recipe, $"{path}: {message}", Hint);
        }

        if (tokenizer.EndOfTurnToken is { } end && !tokenizer.SpecialTokens.Contains(end))
            throw given.PlaceOf("tokenizer.end_of_turn_token")!.Value.Error($"tokenizer.end_of_turn_token is {end}, which is not among tokenizer.special_tokens.", "Add it to the list.");
        if (tokenizer.VocabularySize < tokenizer.SpecialTokens.Count + 256 && given.PlaceOf("tokenizer.vocabulary_size") is { } size)
            throw size.Error($"tokenizer.vocabulary_size is {tokenizer.VocabularySize}, fewer than the 256 bytes and {tokenizer.SpecialTokens.Count} special tokens.", "Give more.");
    }
}
