using Attune.Kernels.Rows;

namespace Attune.Kernels.Tests.Rows;

public class DropoutMaskTests
{
    [Fact]
    public void A_mask_drops_the_given_share_and_scales_the_rest()
    {
        var values = Mask(tokens: 64, columns: 1003, probability: 0.3);
        Assert.All(values, value => Assert.True(value is 0 or (float)(1 / 0.7)));
        Assert.InRange(values.Count(value => value == 0), 18_790, 19_726); // 64,192 × 0.3 ± 4 standard deviations
    }

    [Fact]
    public void Micro_batches_draw_the_masks_of_the_whole_batch() =>
        Assert.Equal<float>(Mask(tokens: 5), Mask(tokens: 2).Concat(Mask(firstToken: 2, tokens: 3)));

    [Fact]
    public void Seed_step_layer_and_token_each_change_the_mask()
    {
        float[][] masks = [Mask(), Mask(seed: 2), Mask(step: 2), Mask(layer: 2), Mask(firstToken: 1)];
        Assert.Equal(masks.Length, masks.Select(mask => string.Join(',', mask)).Distinct().Count());
    }

    [Fact]
    public void Neighbouring_rows_and_columns_do_not_agree_more_than_chance()
    {
        var rows = Mask(tokens: 256, columns: 576, probability: 0.5).Chunk(576).ToArray();
        var equal = rows.Zip(rows.Skip(1)).Sum(pair => pair.First.Zip(pair.Second).Count(values => values.First == values.Second));
        Assert.InRange(equal, 73_440 - 767, 73_440 + 767); // half of 255 × 576 ± 4 standard deviations
    }

    [Fact]
    public void Part_of_a_row_has_the_factors_of_the_whole()
    {
        var part = new float[20];
        new DropoutMask(1, 1, 1, 0, 0.5).Factors(2, 11, part);
        Assert.Equal<float>(Mask()[((2 * 37) + 11)..((2 * 37) + 31)], part);
    }

    private static float[] Mask(long seed = 1, long step = 1, int layer = 1, long firstToken = 0, int tokens = 3, int columns = 37, double probability = 0.5)
    {
        var mask = new DropoutMask(seed, step, layer, firstToken, probability);
        var factors = new float[tokens * columns];
        for (var token = 0; token < tokens; token++) mask.Factors(token, 0, factors.AsSpan(token * columns, columns));
        return factors;
    }
}
