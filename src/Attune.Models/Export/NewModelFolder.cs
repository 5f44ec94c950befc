using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using static TorchSharp.torch;

namespace Attune.Models.Export;

/// <summary>The settings of a model that is to be trained from random weights, as files that <see cref="HuggingFaceFolder"/> copies beside its weights.</summary>
public static class NewModelFolder
{
    /// <summary>Writes <c>config.json</c>, <c>generation_config.json</c> and <c>tokenizer_config.json</c>; <c>tokenizer.json</c> is the caller's.</summary>
    /// <param name="folder">Exists; files in it are replaced.</param>
    /// <param name="config">Sizes, with the token that ends a text.</param>
    /// <param name="initializerRange">Standard deviation of the first weights, which configurations tell.</param>
    /// <param name="eosToken">The token that begins and ends a text.</param>
    /// <param name="endOfTurnId">The token that ends a turn of a chat, where generation stops too; null: none.</param>
    /// <exception cref="IOException">Disk full, no permission.</exception>
    public static void Write(string folder, LlamaConfig config, double initializerRange, string eosToken, int? endOfTurnId)
    {
        var json = ConfigJson.Of(config, ScalarType.Float32);
        json["initializer_range"] = initializerRange;
        ConfigJson.Save(folder, json);
        ConfigJson.Save(folder, new JsonObject { ["bos_token_id"] = config.BosId, ["eos_token_id"] = ConfigJson.Ids(endOfTurnId is { } id ? [.. config.EosIds, id] : config.EosIds) }, "generation_config.json");
        ConfigJson.Save(
            folder,
            new JsonObject
            {
                ["bos_token"] = eosToken,
                ["clean_up_tokenization_spaces"] = false,
                ["eos_token"] = eosToken,
                ["model_max_length"] = config.MaxPositions,
                ["pad_token"] = eosToken,
                ["tokenizer_class"] = "PreTrainedTokenizerFast",
            },
            "tokenizer_config.json");
    }
}
