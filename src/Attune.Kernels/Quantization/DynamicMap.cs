namespace Attune.Kernels.Quantization;

/// <summary>
/// The 256 values of the dynamic 8-bit number types (Dettmers et al. 2022, "8-bit Optimizers via Block-wise
/// Quantization", section 1.3), increasing. Seven decades from 1e-6 to 1 have twice as many values each as the one below;
/// 0 and 1 are values, too. bitsandbytes files repeat them as <c>nested_quant_map</c> and <c>qmap</c>.
/// </summary>
public sealed class DynamicMap
{
    private const int Decades = 7;
    private readonly float[] _values;

    private DynamicMap(bool signed)
    {
        _values = Make(signed);
        Codes = new NearestCode(_values);
    }

    /// <summary>Values from −0.993 to 1.</summary>
    public static DynamicMap Signed { get; } = new(signed: true);

    /// <summary>Values from 0 to 1.</summary>
    public static DynamicMap Unsigned { get; } = new(signed: false);

    /// <summary>Values by code, increasing.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>Finds codes.</summary>
    internal NearestCode Codes { get; }

    // A decade is cut into cells of equal width; the middles of the cells are its values.
    private static float[] Make(bool signed)
    {
        var values = new List<float> { 0, 1 };
        for (var decade = 0; decade < Decades; decade++)
        {
            var cells = 1 << (signed ? decade : decade + 1);
            var power = (float)Math.Pow(10, decade - (Decades - 1));
            for (var cell = 0; cell < cells; cell++)
            {
                var value = power * ((Edge(cell, cells) + Edge(cell + 1, cells)) / 2);
                values.Add(value);
                if (signed) values.Add(-value);
            }
        }

        values.Sort();
        return [.. values];
    }

    // Counted from the nearer end and fused, which decides the last bit of a fifth of the values.
    private static float Edge(int i, int cells)
    {
        var width = (1f - 0.1f) / cells;
        return i < (cells + 1) / 2 ? MathF.FusedMultiplyAdd(width, i, 0.1f) : MathF.FusedMultiplyAdd(-width, cells - i, 1f);
    }
}
