using Attune.Kernels.Products;
using Attune.Models.Layers;

namespace Attune.Models.Fused;

/// <summary>A weight as products read it, frozen or trained.</summary>
internal sealed class FusedWeight : IDisposable
{
    public FusedWeight(Parameter parameter)
    {
        if (parameter.Quantized is { } quantized)
        {
            (Plain, Transposed) = (Panels.Of(quantized), Panels.OfTransposed(quantized));
            return;
        }

        var memory = TensorMemory.Of(parameter.Value);
        (Plain, Transposed) = (Panels.Of(memory), Panels.OfTransposed(memory));
        if (parameter.IsTrained) Gradient = new TrainedGradient(parameter);
    }

    /// <summary>[rows, columns] as it lies; a vector is one row.</summary>
    public Panels Plain { get; }

    /// <summary>[columns, rows].</summary>
    public Panels Transposed { get; }

    public int Rows => Plain.Depth;

    public int Columns => Plain.Columns;

    /// <summary>Its gradient; null: it is frozen.</summary>
    public TrainedGradient? Gradient { get; }

    public void Dispose() => Gradient?.Dispose();
}
