using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Attune.Data.Preparation;

namespace Attune.Training.Loop;

/// <summary>What decides which rows a step takes: a run goes on exactly only where all of it is the same.</summary>
/// <param name="Seed">Seed of the shuffles.</param>
/// <param name="EffectiveBatch">Rows of an optimizer step.</param>
/// <param name="Examples">Number of training examples.</param>
/// <param name="ExamplesHash">XXH3-128 of their token ids and labels, hexadecimal.</param>
public sealed record RowOrder(int Seed, int EffectiveBatch, int Examples, string ExamplesHash)
{
    /// <summary>Of the examples of a run.</summary>
    public static RowOrder Of(IReadOnlyList<Example> examples, int effectiveBatch, int seed)
    {
        var hash = new XxHash128();
        foreach (var example in examples)
        {
            hash.Append(MemoryMarshal.AsBytes<int>([example.TokenIds.Length]));
            hash.Append(MemoryMarshal.AsBytes(example.TokenIds.AsSpan()));
            hash.Append(MemoryMarshal.AsBytes(example.Labels.AsSpan()));
        }

        return new RowOrder(seed, effectiveBatch, examples.Count, Convert.ToHexStringLower(hash.GetCurrentHash()));
    }

    /// <summary>Writes it into <c>state.json</c>.</summary>
    public void AddTo(JsonObject state)
    {
        state["seed"] = Seed;
        state["effective_batch"] = EffectiveBatch;
        state["examples"] = Examples;
        state["examples_hash"] = ExamplesHash;
    }

    /// <summary>Compares with a saved <c>state.json</c>.</summary>
    /// <param name="state">The file's object.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Run"/>: the run would not go on where it stopped.</exception>
    public void RequireSame(JsonObject state, string path)
    {
        var now = new JsonObject();
        AddTo(now);
        foreach (var (key, value) in now)
        {
            if (JsonNode.DeepEquals(value, state[key])) continue;
            throw new AttuneException(ExitCode.Run, $"{path}: {key} was {state[key]?.ToJsonString() ?? "not saved"} and is now {value!.ToJsonString()}: the run would not go on with the rows it stopped at.",
                "Restore the data files and the run's recipe.yaml as they were, or start a new run.");
        }
    }
}
