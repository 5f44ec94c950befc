using System.Text.Json.Nodes;
using Attune.Training.Optimizers;
using static TorchSharp.torch;

namespace Attune.Training.Tests.Optimizers;

public class AdamWTests
{
    private static readonly string[] Names = ["weight", "bias", "cube"];

    /// <summary>
    /// 1e-6 for trajectories, 1e-6 relative + 1e-9 for states: torch's own implementations differ by 6e-8, from the
    /// order of fp32 operations.
    /// </summary>
    [Theory]
    [InlineData("adamw")]
    [InlineData("adamw_no_decay")]
    [InlineData("adamw_decay_0.1")]
    [InlineData("adamw_betas_0.9_0.95")]
    [InlineData("adamw_eps_1e-6")]
    [InlineData("adamw_eps_1e-3")]
    [InlineData("adamw_eps_1e-15")]
    public void Trajectory_and_state_equal_the_reference(string name)
    {
        using var scope = NewDisposeScope();
        var settings = JsonNode.Parse(File.ReadAllText(Goldens.Path("optimizers/cases.json")))!["cases"]![name]!["defaults_in_effect"]!;
        var problem = Tensors.Of(Goldens.Path("optimizers/problem.safetensors"));
        var reference = Tensors.Of(Goldens.Path("optimizers/trajectories.safetensors"));
        var states = Tensors.Of(Goldens.Path("optimizers/final_states.safetensors"));
        var trained = Names.Select(n => Trained(n, problem[$"initial.{n}"])).ToArray();
        using var optimizer = new AdamW(trained, new AdamWOptions
        {
            Beta1 = (double)settings["betas"]![0]!,
            Beta2 = (double)settings["betas"]![1]!,
            Epsilon = (double)settings["eps"]!,
            WeightDecay = (double)settings["weight_decay"]!,
        });
        for (var step = 0; step < 20; step++)
        {
            foreach (var t in trained) t.Value.grad = problem[$"gradients.{t.Name}"][step].clone();
            optimizer.Step((double)settings["lr"]!);
            foreach (var t in trained)
                Assert.InRange(Tensors.Distance(t.Value, reference[$"{name}/{t.Name}"][step]), 0, 1e-6);
        }

        var compared = 0;
        foreach (var (key, value) in optimizer.State())
        {
            Assert.InRange(Tensors.Distance(value, states[$"{name}/{key}"], relative: 1e-6), double.MinValue, 1e-9);
            compared++;
        }

        Assert.Equal(9, compared);
    }

    /// <summary>The reference's second group (bias: no decay, three times the rate); 1e-6 as above.</summary>
    [Fact]
    public void A_tensor_that_does_not_decay_goes_its_own_way()
    {
        using var scope = NewDisposeScope();
        var problem = Tensors.Of(Goldens.Path("optimizers/problem.safetensors"));
        var reference = Tensors.Of(Goldens.Path("optimizers/adamw_two_groups.safetensors"));
        var trained = Names.Select(n => Trained(n, problem[$"initial.{n}"], decays: n != "bias")).ToArray();
        using var first = new AdamW(trained.Where(t => t.Name != "bias"), new AdamWOptions { WeightDecay = 0.1 });
        using var second = new AdamW(trained.Where(t => t.Name == "bias"), new AdamWOptions { WeightDecay = 0.1 });
        for (var step = 0; step < 20; step++)
        {
            foreach (var t in trained) t.Value.grad = problem[$"gradients.{t.Name}"][step].clone();
            first.Step(0.01);
            second.Step(0.03);
            foreach (var t in trained)
                Assert.InRange(Tensors.Distance(t.Value, reference[t.Name][step]), 0, 1e-6);
        }
    }

    /// <summary>
    /// 1e-7 relative for the fp32 master (and 1e-9 absolute, for numbers that pass through zero): all in fp32. Equal once
    /// rounded to bfloat16.
    /// </summary>
    [Fact]
    public void An_fp32_master_of_bfloat16_weights_moves_where_bfloat16_alone_would_not()
    {
        using var scope = NewDisposeScope();
        var reference = Tensors.Of(Goldens.Path("optimizers/bf16.safetensors"));
        var initial = reference["initial_bf16"];
        var trained = Trained("x", initial.to(ScalarType.Float32));
        using var optimizer = new AdamW([trained], new AdamWOptions { WeightDecay = 0.01 });
        for (var step = 0; step < 100; step++)
        {
            trained.Value.grad = reference["gradients_bf16"][step].to(ScalarType.Float32);
            optimizer.Step(1e-4);
            Assert.InRange(Tensors.Distance(trained.Value, reference["master_fp32"][step], relative: 1e-7), double.MinValue, 1e-9);
            Assert.Equal(0, Tensors.Distance(trained.Value.to(ScalarType.BFloat16), reference["master_as_bf16"][step]));
        }

        Assert.Equal(64, trained.Value.to(ScalarType.BFloat16).ne(initial).sum().item<long>());
    }

    [Fact]
    public void A_tensor_without_gradient_is_left_alone_and_one_of_zeros_is_not()
    {
        using var scope = NewDisposeScope();
        var (without, zero) = (Trained("without", ones(3)), Trained("zero", ones(3)));
        using var optimizer = new AdamW([without, zero], new AdamWOptions { WeightDecay = 0.1 });
        zero.Value.grad = zeros(3);
        optimizer.Step(0.5);
        Assert.Equal(1, without.Value[0].item<float>());
        Assert.Equal(0.95f, zero.Value[0].item<float>());
        var steps = optimizer.State().Where(s => s.Name.EndsWith(".step")).Select(s => s.Value.item<long>());
        Assert.Equal([0L, 1L], steps);
    }

    [Fact]
    public void A_learning_rate_of_zero_moves_the_moments_only()
    {
        using var scope = NewDisposeScope();
        var trained = Trained("x", ones(3));
        using var optimizer = new AdamW([trained], new AdamWOptions { WeightDecay = 0.1 });
        trained.Value.grad = ones(3);
        optimizer.Step(0);
        Assert.Equal(0, Tensors.Distance(trained.Value, ones(3)));
        Assert.Equal(0.1f, optimizer.State().First().Value[0].item<float>(), 1e-8f);
    }

    [Fact]
    public void A_restored_optimizer_goes_on_bit_for_bit_on_tensors_of_any_size()
    {
        using var scope = NewDisposeScope();
        var sizes = new[] { 1, 7, 65_536, 200_003 }; // below a vector, one slice, several slices with a rest
        var gradients = Enumerable.Range(0, 4).Select(i => sizes.Select(n => arange(n) * (0.001 * (i + 1)) - 1).ToArray()).ToArray();
        var trained = sizes.Select(n => Trained($"t{n}", ones(n))).ToArray();
        using var straight = new AdamW(trained, new AdamWOptions());
        Steps(straight, trained, gradients[..2]);
        var copies = trained.Select(t => Trained(t.Name, t.Value)).ToArray();
        using var resumed = new AdamW(copies, new AdamWOptions());
        var saved = straight.State().ToDictionary(s => s.Name, s => s.Value.clone());
        resumed.Restore(name => saved[name]);
        Steps(straight, trained, gradients[2..]);
        Steps(resumed, copies, gradients[2..]);
        foreach (var (a, b) in trained.Zip(copies)) Assert.True(a.Value.equal(b.Value).all().item<bool>());
    }

    private static void Steps(AdamW optimizer, TrainedTensor[] trained, Tensor[][] gradients)
    {
        foreach (var step in gradients)
        {
            foreach (var (t, g) in trained.Zip(step)) t.Value.grad = g.to(ScalarType.Float32).clone();
            optimizer.Step(0.01, 0.5);
        }
    }

    private static TrainedTensor Trained(string name, Tensor value, bool decays = true) =>
        new(name, value.detach().clone().requires_grad_(), decays);
}
