using Attune.Models.Attention;
using Attune.Models.Batches;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Architectures;

/// <summary>fp32 against transformers; tolerances of golden/architectures/README.md: summation order through the layers.</summary>
public class LlamaParityTests
{
    private const double Logits = 1e-4;

    public static TheoryData<string> Models => ["llama-tied", "llama-untied", "llama3-rope", "llama-linear", "llama-yarn"];

    [Theory, MemberData(nameof(Models))]
    public void Logits_and_loss_of_every_case_equal_the_reference(string model)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var golden = new LlamaGolden(model);
        foreach (var name in (string[])["a", "b", "c", "d"])
        {
            var hidden = golden.Decoder.Forward(golden.Batch(name));
            TensorAssert.Near(golden.Real(name, "logits"), golden.Decoder.Logits(hidden), Logits, $"{name}.logits");
            Assert.Equal((float)golden.Json[name]!["loss"]!, golden.Loss(name, hidden).item<float>(), 1e-5f);
        }
    }

    [Theory, MemberData(nameof(Models))]
    public void Every_hidden_state_equals_the_reference(string model)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var golden = new LlamaGolden(model);
        var states = new List<Tensor>();
        golden.Decoder.HiddenStateObserver = (index, state) =>
        {
            Assert.Equal(states.Count, index);
            states.Add(state.clone().MoveToOtherDisposeScope(scope));
        };
        var normed = golden.Decoder.Forward(golden.Batch("a"));

        var layers = golden.Decoder.Config.Layers;
        Assert.Equal(layers + 1, states.Count);
        for (var i = 0; i < layers; i++) Compare($"hidden_states.{i}", states[i]);
        Compare("before_final_norm", states[layers]);
        Compare($"hidden_states.{layers}", normed);

        void Compare(string part, Tensor actual)
        {
            var expected = golden.Real("a", part);
            TensorAssert.Near(expected, actual, 5e-5 * TensorAssert.Magnitude(expected), part);
        }
    }

    [Theory, MemberData(nameof(Models))]
    public void The_gradient_of_every_parameter_equals_the_reference(string model)
    {
        using var scope = NewDisposeScope();
        using var golden = new LlamaGolden(model);
        foreach (var parameter in golden.Decoder.Parameters) parameter.IsTrained = true;
        golden.Loss("b", golden.Decoder.Forward(golden.Batch("b"))).backward();

        foreach (var parameter in golden.Decoder.Parameters)
        {
            var expected = golden.Tensor($"b.grad.{parameter.Name}");
            // The absolute part is for gradients that are zero in exact arithmetic.
            TensorAssert.Near(expected, parameter.Value.grad!, (1e-4 * TensorAssert.Magnitude(expected)) + 1e-6, parameter.Name);
        }

        Assert.Equal(golden.Names.Count(name => name.StartsWith("b.grad.")), golden.Decoder.Parameters.Count);
        var norm = Math.Sqrt(golden.Decoder.Parameters.Sum(parameter => parameter.Value.grad!.pow(2).sum().item<float>()));
        Assert.Equal(1, norm / (double)golden.Json["b"]!["gradient_global_norm"]!, 1e-5);
    }

    [Theory, MemberData(nameof(Models))]
    public void Greedy_generation_with_a_cache_equals_the_reference(string model)
    {
        using var scope = NewDisposeScope();
        using var golden = new LlamaGolden(model);
        var steps = golden.Tensor("generate.step_logits");
        var expected = golden.Json["generate"]!["greedy_ids"]!.AsArray().Select(id => (int)id!).ToArray();
        using var cache = new KeyValueCache(golden.Decoder, samples: 1, capacity: 4);   // grows on the way

        int[] next = [.. golden.Json["generate"]!["prompt_ids"]!.AsArray().Select(id => (int)id!)];
        for (var step = 0; step < expected.Length; step++)
        {
            var hidden = golden.Decoder.Forward(PackedBatch.Of(next), cache);
            var logits = golden.Decoder.Logits(hidden[^1..])[0];
            TensorAssert.Near(steps[step], logits, Logits, $"step {step}");
            next = [(int)logits.argmax().item<long>()];
            Assert.Equal(expected[step], next[0]);
        }

        Assert.Equal(24, expected.Length);
    }

    [Theory, MemberData(nameof(Models))]
    public void Prompts_of_unequal_length_generate_what_the_reference_does(string model)
    {
        using var scope = NewDisposeScope();
        using var golden = new LlamaGolden(model);
        var batch = golden.Json["generate"]!["left_padded_batch"]!;
        var prompts = batch["input_ids"]!.AsArray().Zip(batch["attention_mask"]!.AsArray(), (ids, mask) =>
            ids!.AsArray().Zip(mask!.AsArray()).Where(pair => (int)pair.Second! == 1).Select(pair => (int)pair.First!).ToArray()).ToArray();
        var expected = batch["greedy_ids"]!.AsArray().Select(row => row!.AsArray().Select(id => (int)id!).ToArray()).ToArray();
        using var cache = new KeyValueCache(golden.Decoder, prompts.Length);

        var next = prompts;
        for (var step = 0; step < expected[0].Length; step++)
        {
            var hidden = golden.Decoder.Forward(PackedBatch.Of(next), cache);
            var last = next.Select((_, row) => next.Take(row + 1).Sum(tokens => (long)tokens.Length) - 1).ToArray();
            var best = golden.Decoder.Logits(hidden.index_select(0, tensor(last))).argmax(1);
            next = [.. best.data<long>().Select(id => (int[])[(int)id])];
            Assert.Equal(expected.Select(row => row[step]), next.Select(ids => ids[0]));
        }

        Assert.NotEqual(prompts[0].Length, prompts[1].Length);
    }

    [Theory, MemberData(nameof(Models))]
    public void The_older_configuration_layout_gives_bit_equal_outputs(string model)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var golden = new LlamaGolden(model);
        using var legacy = new LlamaGolden(model, config: "config.legacy.json");
        Assert.Equivalent(golden.Decoder.Config, legacy.Decoder.Config);
        var expected = golden.Decoder.Logits(golden.Decoder.Forward(golden.Batch("a")));
        TensorAssert.Equal(expected, legacy.Decoder.Logits(legacy.Decoder.Forward(legacy.Batch("a"))), "a.logits");
    }

    [Fact]
    public void Weights_in_several_files_give_the_reference_s_logits()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var golden = new LlamaGolden("sharded-llama");
        var logits = golden.Decoder.Logits(golden.Decoder.Forward(golden.Batch("a")));
        TensorAssert.Near(golden.Real("a", "logits"), logits, Logits, "a.logits");
    }
}
