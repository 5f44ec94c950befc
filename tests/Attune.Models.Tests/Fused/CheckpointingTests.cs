using Attune.Models.Adapters.Lora;
using Attune.Models.Fused;
using Attune.Models.Numerics;
using static Attune.Models.Tests.Fused.Twins;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Fused;

/// <summary>Layers that are computed again give the bits of those that were kept.</summary>
public sealed class CheckpointingTests
{
    [Theory]
    [InlineData(ScalarType.Float32, "all-linear", 0)]
    [InlineData(ScalarType.Float32, "all-linear", 0.2)]
    [InlineData(ScalarType.BFloat16, "all-linear", 0.2)]
    [InlineData(ScalarType.Float32, "layers.2.mlp.down_proj", 0)]
    public void Numbers_are_the_same_to_the_bit(ScalarType type, string targets, double dropout)
    {
        var kept = Run(type, targets, dropout, recomputes: false);
        Assert.SkipWhen(kept is null, "no bf16 unit");
        Assert.Equal(kept, Run(type, targets, dropout, recomputes: true)!);
    }

    [Fact]
    public void It_is_a_fraction_of_the_memory()
    {
        using var decoder = RandomDecoder.Create(Config(64, 96, 4, 2, 16, 12, 100), ScalarType.Float32, Options(4));
        var (kept, recomputed) = (FusedMemory.Of(decoder, 500), FusedMemory.Of(decoder, 500, recomputes: true));
        Assert.InRange(recomputed.Kept / (double)kept.Kept, 0.1, 0.3);
        Assert.Equal(kept.Shared, recomputed.Shared);
    }

    [Fact]
    public void Layers_below_the_first_trained_one_keep_nothing()
    {
        var config = Config(64, 96, 4, 2, 16, 12, 100);
        using var all = RandomDecoder.CreateTrained(config, ScalarType.Float32, name => name.StartsWith("model.layers.", StringComparison.Ordinal));
        using var last = RandomDecoder.CreateTrained(config, ScalarType.Float32, name => name.StartsWith("model.layers.11.", StringComparison.Ordinal));
        Assert.Equal(2 / 12.0, FusedMemory.Of(last, 500).Kept / (double)FusedMemory.Of(all, 500).Kept, 0.01);
    }

    private static float[]? Run(ScalarType type, string targets, double dropout, bool recomputes)
    {
        var options = Options(4) with { TargetModules = [targets], Dropout = dropout };
        using var decoder = RandomDecoder.Create(Config(32, 48, 4, 2, 8, 3, 64), new Precision(type), options, out var adapter);
        using var fused = FusedDecoder.Create(decoder, threads: 2, recomputes: recomputes);
        if (fused is null) return null;
        adapter.BeginStep(3);
        foreach (var batch in ((int[][])[[6, 11], [3, 1, 8]]).Select(lengths => Batch(lengths, 64)))
            fused.Backward(batch.Packed, batch.Positions, batch.Labels, Weight);
        return [.. RandomDecoder.Trained(decoder).SelectMany(Gradient)];
    }
}
