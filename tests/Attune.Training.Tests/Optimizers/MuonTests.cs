using System.Text.Json.Nodes;
using Attune.Kernels.Memory;
using Attune.Kernels.Products;
using Attune.Training.Optimizers;
using static TorchSharp.torch;

namespace Attune.Training.Tests.Optimizers;

/// <summary>
/// Against torch's Muon: with Newton–Schulz in fp32 within 1e-4 (the iteration amplifies rounding), in bf16 within 5e-3 (fp32 and
/// bf16 differ by up to 2.8e-3 after 20 steps). The case without Nesterov's momentum is left out: ours always has it.
/// </summary>
public class MuonTests
{
    private static readonly string[] Names = ["square", "tall", "wide"];

    [Theory]
    [InlineData("match_rms_adamw")]
    [InlineData("default")]
    [InlineData("no_decay_momentum_0.8")]
    public void Trajectory_and_momentum_equal_the_reference(string name)
    {
        using var scope = NewDisposeScope();
        var facts = JsonNode.Parse(File.ReadAllText(Goldens.Path("optimizers/muon.json")))!["cases"]![name]!["arguments"]!;
        var reference = Tensors.Of(Goldens.Path("optimizers/muon.safetensors"));
        foreach (var (type, tolerance) in new[] { (ElementType.Float32, 1e-4), (ElementType.BFloat16, 5e-3) })
        {
            if (ProductKernel.Of(type) is null) continue;
            var suffix = type == ElementType.Float32 ? "_newton_schulz_fp32" : "";
            foreach (var matrix in Names)
            {
                var trained = Trained(matrix, reference[$"initial/{matrix}"]);
                var scale = (string?)facts["adjust_lr_fn"] == "match_rms_adamw" ? 1 : ScaleToOriginal(trained.Value);
                using var optimizer = Create([trained], type, new MuonOptions
                {
                    Momentum = (double?)facts["momentum"] ?? 0.95, WeightDecay = ((double?)facts["weight_decay"] ?? 0.1) / scale, RateFactor = scale,
                });
                for (var step = 0; step < 20; step++)
                {
                    trained.Value.grad = reference[$"gradients/{matrix}"][step].clone();
                    optimizer.Step((double)facts["lr"]!);
                    Assert.InRange(Tensors.Distance(trained.Value, reference[$"{name}{suffix}/{matrix}"][step]), 0, tolerance);
                }

                var (state, momentum) = Assert.Single(optimizer.State());
                Assert.Equal($"{matrix}.momentum_buffer", state);
                Assert.InRange(Tensors.Distance(momentum, reference[$"{name}/momentum_buffer/{matrix}"], relative: 1e-6), double.MinValue, 1e-7);
            }
        }
    }

    [Fact]
    public void All_but_hidden_matrices_go_the_way_of_AdamW_with_a_rate_of_their_own()
    {
        using var scope = NewDisposeScope();
        var (embedding, norm, hidden) = (Trained("embedding", ones(9, 4), hidden: false), Trained("norm", ones(4), hidden: false), Trained("hidden", ones(9, 4)));
        var copies = new[] { embedding, norm }.Select(t => Trained(t.Name, t.Value, hidden: false)).ToArray();
        using var muon = Create([embedding, hidden, norm], options: new MuonOptions { RateFactor = 0 });
        using var adamW = new AdamW(copies, new AdamWOptions());
        for (var step = 0; step < 3; step++)
        {
            foreach (var t in (TrainedTensor[])[embedding, norm, hidden, .. copies]) t.Value.grad = Gradient(t.Value, step);
            muon.Step(0.01, 0.5);
            adamW.Step(0.01, 0.5);
        }

        foreach (var (a, b) in new[] { embedding, norm }.Zip(copies)) Assert.True(a.Value.equal(b.Value).all().item<bool>(), a.Name);
        Assert.Equal(0, Tensors.Distance(hidden.Value, ones(9, 4)));
        Assert.Equal(
            ["embedding.exp_avg", "embedding.exp_avg_sq", "embedding.step", "norm.exp_avg", "norm.exp_avg_sq", "norm.step", "hidden.momentum_buffer"],
            muon.State().Select(s => s.Name));
        Assert.Equal((8 * (36 + 4)) + (4 * 36), muon.StateBytes);
        Assert.Equal(muon.StateBytes, new[] { embedding, norm, hidden }.Sum(Muon.BytesOf));
    }

    [Fact]
    public void A_restored_optimizer_goes_on_bit_for_bit_whatever_the_number_of_threads()
    {
        using var scope = NewDisposeScope();
        TrainedTensor[] trained = [Trained("a", ones(70, 33)), Trained("b", ones(33, 70)), Trained("c", ones(300, 257)), Trained("d", ones(7), hidden: false)];
        using var straight = Create(trained);
        Steps(straight, trained, 0, 2);
        var copies = trained.Select(t => Trained(t.Name, t.Value, t.IsHiddenMatrix)).ToArray();
        using var resumed = Create(copies, threads: 1);
        var saved = straight.State().ToDictionary(s => s.Name, s => s.Value.clone());
        resumed.Restore(name => saved[name]);
        Steps(straight, trained, 2, 4);
        Steps(resumed, copies, 2, 4);
        foreach (var (a, b) in trained.Zip(copies)) Assert.True(a.Value.equal(b.Value).all().item<bool>(), a.Name);
        foreach (var (a, b) in straight.State().Zip(resumed.State())) Assert.True(a.Value.equal(b.Value).all().item<bool>(), a.Name);
    }

    [Fact]
    public void A_matrix_without_gradient_is_left_alone_and_one_of_zeros_decays()
    {
        using var scope = NewDisposeScope();
        var (without, zero) = (Trained("without", ones(3, 4)), Trained("zero", ones(3, 4)));
        using var optimizer = Create([without, zero], options: new MuonOptions { WeightDecay = 0.1 });
        zero.Value.grad = zeros(3, 4);
        optimizer.Step(0.5);
        Assert.Equal(0, Tensors.Distance(without.Value, ones(3, 4)));
        Assert.Equal(0, Tensors.Distance(zero.Value, full([3, 4], 0.95f)));
    }

    [Fact]
    public void State_of_another_optimizer_is_refused()
    {
        using var scope = NewDisposeScope();
        var trained = Trained("x", ones(5, 6));
        using var optimizer = Create([trained]);
        var error = Assert.Throws<AttuneException>(() => optimizer.Restore(_ => zeros(6, 5)));
        Assert.Equal(ExitCode.Run, error.Code);
        Assert.Contains("'x.momentum_buffer' is Float32 [6, 5], expected Float32 [5, 6]", error.Message);
    }

    /// <summary>The reference's other cases multiply the rate by √max(1, rows / columns) instead.</summary>
    private static double ScaleToOriginal(Tensor matrix)
    {
        var (rows, columns) = ((double)matrix.shape[0], (double)matrix.shape[1]);
        return Math.Sqrt(Math.Max(1, rows / columns)) / (0.2 * Math.Sqrt(Math.Max(rows, columns)));
    }

    private static Muon Create(TrainedTensor[] trained, ElementType? type = null, MuonOptions? options = null, int threads = 3)
    {
        var kernel = type is { } given ? ProductKernel.Of(given) : ProductKernel.Of(ElementType.BFloat16) ?? ProductKernel.Of(ElementType.Float32);
        return new Muon(trained, options ?? new MuonOptions(), new AdamWOptions(), kernel!, threads);
    }

    private static void Steps(Muon optimizer, TrainedTensor[] trained, int from, int to)
    {
        for (var step = from; step < to; step++)
        {
            foreach (var t in trained) t.Value.grad = Gradient(t.Value, step);
            optimizer.Step(0.01, 0.5);
        }
    }

    private static Tensor Gradient(Tensor tensor, int step) => (arange(tensor.numel(), ScalarType.Float32) * (step + 1.5)).sin().reshape(tensor.shape);

    private static TrainedTensor Trained(string name, Tensor value, bool hidden = true) =>
        new(name, value.detach().clone().requires_grad_(), IsHiddenMatrix: hidden);
}
