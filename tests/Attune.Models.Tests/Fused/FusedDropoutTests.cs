using Attune.Models.Adapters.Lora;
using Attune.Models.Fused;
using Attune.Models.Numerics;
using static Attune.Models.Tests.Fused.Twins;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Fused;

/// <summary>Dropout on the fused path draws the masks of the plain one, backwards too.</summary>
public sealed class FusedDropoutTests
{
    [Theory]
    [InlineData("all-linear", true)]
    [InlineData("k_proj", true)]
    [InlineData("all-linear|lm_head", false)]
    public void Losses_and_gradients_equal_autograd_with_the_same_masks(string targets, bool isTied)
    {
        var config = Config(32, 48, 4, 2, 8, 2, 64) with { TiedHead = isTied };
        var options = Options(4) with { TargetModules = targets.Split('|'), Dropout = 0.3 };
        using var plain = RandomDecoder.Create(config, new Precision(ScalarType.Float32), options, out var first);
        using var same = RandomDecoder.Create(config, new Precision(ScalarType.Float32), options, out var second);
        first.BeginStep(5);
        second.BeginStep(5);
        AssertEqual(plain, same, [6, 11], 1e-5);
    }

    [Fact]
    public void Validation_has_no_dropout()
    {
        var options = Options(4) with { Dropout = 0.3 };
        var config = Config(32, 48, 4, 2, 8, 2, 64);
        using var decoder = RandomDecoder.Create(config, new Precision(ScalarType.Float32), options, out var adapter);
        using var fused = FusedDecoder.Create(decoder, threads: 1)!;
        var batch = Batch([6, 11], 64);
        adapter.BeginStep(1);
        var training = fused.Losses(batch.Packed, batch.Positions, batch.Labels);
        adapter.EndTraining();
        var validation = fused.Losses(batch.Packed, batch.Positions, batch.Labels);
        Assert.Equal(0, Difference(Plain(decoder, batch), validation), 1e-5);
        Assert.NotEqual(0, Difference(training, validation), 1e-3);
    }
}
