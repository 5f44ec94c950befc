using System.Text.Json.Nodes;
using Attune.Kernels.Quantization;
using Attune.Training.Optimizers;
using static TorchSharp.torch;

namespace Attune.Training.Tests.Optimizers;

/// <summary>
/// Against bitsandbytes' AdamW8bit. Its case with bf16 parameters is left out: ours are fp32 masters.
/// </summary>
public class AdamW8bitTests
{
    private const double Rate = 1e-3;
    private static readonly AdamWOptions Options = new() { WeightDecay = 0.01 };
    private static readonly string[] Quantized = ["partial_block", "exactly_min_size"];

    [Fact]
    public void The_reference_has_the_settings_of_these_tests()
    {
        var facts = JsonNode.Parse(File.ReadAllText(Goldens.Path("quantization/optimizer_8bit.json")))!;
        var settings = facts["cases"]!["adamw8bit"]!["settings"]!;
        Assert.Equal(
            (Rate, Options.Beta1, Options.Beta2, Options.Epsilon, Options.WeightDecay),
            ((double)settings["lr"]!, (double)settings["betas"]![0]!, (double)settings["betas"]![1]!, (double)settings["eps"]!, (double)settings["weight_decay"]!));
        Assert.Equal((AdamW8bit.SmallestQuantized, EightBitBlocks.BlockSize), ((int)facts["min_8bit_size"]!, (int)facts["state_blocksize"]!));
    }

    /// <summary>Parameters within 1e-7, one code in a thousand off by one: order of fp32 operations.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(19)]
    public void One_step_from_a_stored_state_equals_the_reference(int before)
    {
        using var scope = NewDisposeScope();
        var reference = Reference();
        foreach (var name in Quantized.Append("below_min_size"))
        {
            var from = before == 0 ? "" : $"adamw8bit/{name}/step{before}/";
            var trained = Trained(name, reference[before == 0 ? $"initial/{name}" : $"{from}param"]);
            using var optimizer = new AdamW8bit([trained], Options);
            if (before > 0) optimizer.Restore(state => state.EndsWith(".step") ? tensor((long)before) : reference[from + Theirs(state)].clone());
            trained.Value.grad = reference[$"gradients/{name}"][before].clone();
            optimizer.Step(Rate);

            var to = $"adamw8bit/{name}/step{before + 1}/";
            Assert.InRange(Tensors.Distance(trained.Value, reference[$"{to}param"]), 0, 1e-7);
            foreach (var (state, value) in optimizer.State())
            {
                if (state.EndsWith(".step")) Assert.Equal(before + 1, value.item<long>());
                else if (value.dtype == ScalarType.Byte) RequireCodes(value, reference[to + Theirs(state)], to + state);
                else Assert.InRange(Tensors.Distance(value, reference[to + Theirs(state)], relative: 1e-6), double.MinValue, 1e-9);
            }
        }
    }

    /// <summary>Within 2e-4 for 99.5 % of the elements: a code that fell to the other side stays there. Small tensors are plain AdamW's: 1e-6.</summary>
    [Fact]
    public void Twenty_steps_follow_the_reference()
    {
        using var scope = NewDisposeScope();
        var reference = Reference();
        var trained = Quantized.Append("below_min_size").Select(name => Trained(name, reference[$"initial/{name}"])).ToArray();
        using var optimizer = new AdamW8bit(trained, Options);
        for (var step = 0; step < 20; step++)
        {
            foreach (var t in trained) t.Value.grad = reference[$"gradients/{t.Name}"][step].clone();
            optimizer.Step(Rate);
        }

        foreach (var t in trained[..2])
        {
            var far = (t.Value - reference[$"adamw8bit/{t.Name}/step20/param"]).abs().gt(2e-4).sum().item<long>();
            Assert.InRange(far, 0, t.Value.numel() / 200);
        }

        Assert.InRange(Tensors.Distance(trained[2].Value, reference["adamw8bit/below_min_size/step20/param"]), 0, 1e-6);
    }

    [Fact]
    public void State_takes_two_bytes_an_element_and_a_scale_for_256()
    {
        using var scope = NewDisposeScope();
        var (small, large) = (Trained("small", zeros(4095)), Trained("large", zeros(64, 65)));
        using var optimizer = new AdamW8bit([small, large], Options);
        Assert.Equal((8 * 4095) + (2 * 4160) + (2 * 4 * 17), optimizer.StateBytes);
        Assert.Equal(optimizer.StateBytes, AdamW8bit.BytesOf(4095) + AdamW8bit.BytesOf(4160));
        Assert.Equal(optimizer.StateBytes, optimizer.State().Where(s => !s.Name.EndsWith(".step")).Sum(s => s.Value.numel() * s.Value.element_size()));
    }

    [Fact]
    public void A_restored_optimizer_goes_on_bit_for_bit_on_tensors_of_any_size()
    {
        using var scope = NewDisposeScope();
        var trained = Sizes.Select(n => Trained($"t{n}", ones(n))).ToArray();
        using var straight = new AdamW8bit(trained, Options);
        Steps(straight, trained, 0, 2);
        var copies = trained.Select(t => Trained(t.Name, t.Value)).ToArray();
        using var resumed = new AdamW8bit(copies, Options);
        var saved = straight.State().ToDictionary(s => s.Name, s => s.Value.clone());
        resumed.Restore(name => saved[name]);
        Steps(straight, trained, 2, 4);
        Steps(resumed, copies, 2, 4);
        RequireSame(straight, trained, resumed, copies);
    }

    [Fact]
    public void The_number_of_threads_and_where_gradients_are_scaled_do_not_matter()
    {
        using var scope = NewDisposeScope();
        var (trained, copies) = (Sizes.Select(n => Trained($"t{n}", ones(n))).ToArray(), Sizes.Select(n => Trained($"t{n}", ones(n))).ToArray());
        using var one = new AdamW8bit(trained, Options);
        using var other = new AdamW8bit(copies, Options);
        var threads = get_num_threads();
        try
        {
            set_num_threads(1);
            Steps(one, trained, 0, 3, factor: 0.25);
            set_num_threads(3);
            Steps(other, copies, 0, 3, factor: 1, scale: 0.25); // a power of two: scaling is exact
        }
        finally
        {
            set_num_threads(threads);
        }

        RequireSame(one, trained, other, copies);
    }

    [Fact]
    public void State_of_another_optimizer_is_refused()
    {
        using var scope = NewDisposeScope();
        var trained = Trained("x", ones(5000));
        using var plain = new AdamW([trained], Options);
        using var optimizer = new AdamW8bit([trained], Options);
        var saved = plain.State().ToDictionary(s => s.Name, s => s.Value.clone());
        var error = Assert.Throws<AttuneException>(() => optimizer.Restore(name => saved[name]));
        Assert.Equal(ExitCode.Run, error.Code);
        Assert.Contains("'x.exp_avg' is Float32 [5000], expected Byte [5000]", error.Message);
    }

    [Fact]
    public void A_tensor_without_gradient_is_left_alone_and_one_of_zeros_is_not()
    {
        using var scope = NewDisposeScope();
        var (without, zero) = (Trained("without", ones(5000)), Trained("zero", ones(5000)));
        using var optimizer = new AdamW8bit([without, zero], new AdamWOptions { WeightDecay = 0.1 });
        zero.Value.grad = zeros(5000);
        optimizer.Step(0.5);
        Assert.Equal(0, Tensors.Distance(without.Value, ones(5000)));
        Assert.Equal(0, Tensors.Distance(zero.Value, full(5000, 0.95f)));
        Assert.Equal([0L, 1L], optimizer.State().Where(s => s.Name.EndsWith(".step")).Select(s => s.Value.item<long>()));
    }

    private static int[] Sizes => [1, 4095, 4096, 65_536, 200_003]; // fp32 state, whole blocks, one slice, several with a short block

    private static Dictionary<string, Tensor> Reference() => Tensors.Of(Goldens.Path("quantization/optimizer_8bit.safetensors"));

    /// <summary>The reference's name of a state: <c>x.exp_avg_sq_absmax</c> is absmax2.</summary>
    private static string Theirs(string state) => state.Split('.')[1] switch
    {
        "exp_avg" => "state1",
        "exp_avg_sq" => "state2",
        "exp_avg_absmax" => "absmax1",
        _ => "absmax2",
    };

    private static void RequireCodes(Tensor ours, Tensor theirs, string name)
    {
        var gap = (ours.to(ScalarType.Int32) - theirs.to(ScalarType.Int32)).abs();
        Assert.True(gap.max().item<int>() <= 1, $"{name}: a code is off by {gap.max().item<int>()}");
        Assert.InRange(gap.sum().item<long>(), 0, ours.numel() / 1000);
    }

    private static void RequireSame(AdamW8bit one, TrainedTensor[] trained, AdamW8bit other, TrainedTensor[] copies)
    {
        foreach (var (a, b) in trained.Zip(copies)) Assert.True(a.Value.equal(b.Value).all().item<bool>(), a.Name);
        foreach (var (a, b) in one.State().Zip(other.State())) Assert.True(a.Value.equal(b.Value).all().item<bool>(), a.Name);
    }

    private static void Steps(AdamW8bit optimizer, TrainedTensor[] trained, int from, int to, double factor = 0.5, double scale = 1)
    {
        for (var step = from; step < to; step++)
        {
            foreach (var t in trained) t.Value.grad = (arange(t.Value.numel()) * (0.001 * (step + 1)) - 1).to(ScalarType.Float32) * scale;
            optimizer.Step(0.01, factor);
        }
    }

    private static TrainedTensor Trained(string name, Tensor value) => new(name, value.detach().clone().requires_grad_());
}
