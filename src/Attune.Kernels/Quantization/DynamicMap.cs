namespace Attune.Kernels.Quantization;

/// <summary>
/// The 256 values of the dynamic 8-bit number types (Dettmers et al. 2022, "8-bit Optimizers via Block-wise
/// Quantization", section 1.3), increasing. Seven decades from 1e-7 to 1 have twice as many values each as the one below;
/// 0 and 1 are values, too. bitsandbytes files repeat them as <c>nested_quant_map</c> and <c>qmap</c>.
/// </summary>
public sealed class DynamicMap
{
    /// <summary>Decades.</summary>
    internal const int Decades = 7;

    private readonly float[] _values;

    private DynamicMap(bool isSigned)
    {
        IsSigned = isSigned;
        _values = [.. Make().Order()];
        Table512 = new FloatTable512(_values);
        Codes = new NearestCode(this);
    }

    /// <summary>Values from −0.993 to 1.</summary>
    public static DynamicMap Signed { get; } = new(isSigned: true);

    /// <summary>Values from 0 to 1.</summary>
    public static DynamicMap Unsigned { get; } = new(isSigned: false);

    /// <summary>Whether there are values below 0.</summary>
    public bool IsSigned { get; }

    /// <summary>Values by code, increasing.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>Values by code, for vectors.</summary>
    internal FloatTable512 Table512 { get; }

    /// <summary>Finds codes.</summary>
    internal NearestCode Codes { get; }

    /// <summary>Upper end of a decade, of which a tenth is the lower.</summary>
    internal static double End(int decade) => Math.Pow(10, decade - (Decades - 1));

    /// <summary>A decade is cut into so many cells of equal width; the middles of the cells are its values.</summary>
    internal int Cells(int decade) => 1 << (IsSigned ? decade : decade + 1);

    private IEnumerable<float> Make()
    {
        yield return 0;
        yield return 1;
        for (var decade = 0; decade < Decades; decade++)
        {
            var cells = Cells(decade);
            for (var cell = 0; cell < cells; cell++)
            {
                var value = (float)End(decade) * ((Edge(cell, cells) + Edge(cell + 1, cells)) / 2);
                yield return value;
                if (IsSigned) yield return -value;
            }
        }
    }

    // Counted from the nearer end and fused, which decides the last bit of a fifth of the values.
    private static float Edge(int i, int cells)
    {
        var width = (1f - 0.1f) / cells;
        return i < (cells + 1) / 2 ? MathF.FusedMultiplyAdd(width, i, 0.1f) : MathF.FusedMultiplyAdd(-width, cells - i, 1f);
    }
}
