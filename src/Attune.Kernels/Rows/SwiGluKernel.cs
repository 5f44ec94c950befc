using System.Runtime.Intrinsics;
using Attune.Kernels.Memory;
using Attune.Kernels.Vectors;

namespace Attune.Kernels.Rows;

/// <summary>h = silu(gate) · up (Shazeer 2020, equation 6) on parts of rows, to be used while they are in the cache.</summary>
public static unsafe class SwiGluKernel
{
    /// <summary>Stores gate and up as they are kept for the backward pass, and h computed from what was kept.</summary>
    /// <param name="gate">[count], fp32.</param>
    /// <param name="up">[count], fp32.</param>
    /// <param name="kept">Type of what is kept.</param>
    /// <param name="keptGate">[count].</param>
    /// <param name="keptUp">[count].</param>
    /// <param name="type">Type of h.</param>
    /// <param name="h">[count].</param>
    /// <param name="count">Numbers.</param>
    public static void Forward(float* gate, float* up, ElementType kept, byte* keptGate, byte* keptUp, ElementType type, byte* h, int count)
    {
        switch (kept, type)
        {
            case (ElementType.Float32, _): Forward<Float32, Float32>(gate, up, keptGate, keptUp, h, count); break;
            case (_, ElementType.Float32): Forward<BFloat16, Float32>(gate, up, keptGate, keptUp, h, count); break;
            default: Forward<BFloat16, BFloat16>(gate, up, keptGate, keptUp, h, count); break;
        }
    }

    /// <summary>
    /// Gradients from that of h, with σ = sigmoid(gate): of up, g gate σ; of gate, g up σ (1 + gate (1 − σ)). h is computed again.
    /// </summary>
    /// <param name="gradient">Of h, [count], fp32.</param>
    /// <param name="kept">Type of what was kept.</param>
    /// <param name="keptGate">[count].</param>
    /// <param name="keptUp">[count].</param>
    /// <param name="type">Type of the results.</param>
    /// <param name="gateGradient">[count].</param>
    /// <param name="upGradient">[count].</param>
    /// <param name="h">[count].</param>
    /// <param name="count">Numbers.</param>
    public static void Backward(
        float* gradient, ElementType kept, byte* keptGate, byte* keptUp, ElementType type, byte* gateGradient, byte* upGradient, byte* h, int count)
    {
        switch (kept, type)
        {
            case (ElementType.Float32, _): Backward<Float32, Float32>(gradient, keptGate, keptUp, gateGradient, upGradient, h, count); break;
            case (_, ElementType.Float32): Backward<BFloat16, Float32>(gradient, keptGate, keptUp, gateGradient, upGradient, h, count); break;
            default: Backward<BFloat16, BFloat16>(gradient, keptGate, keptUp, gateGradient, upGradient, h, count); break;
        }
    }

    private static void Forward<TKept, TOut>(float* gate, float* up, byte* keptGate, byte* keptUp, byte* h, int count)
        where TKept : struct, IElement
        where TOut : struct, IElement
    {
        var i = Vector512.IsHardwareAccelerated
            ? Forward<Lanes512, TKept, TOut>(gate, up, keptGate, keptUp, h, count, 0)
            : Forward<Lanes256, TKept, TOut>(gate, up, keptGate, keptUp, h, count, 0);
        Forward<Lanes1, TKept, TOut>(gate, up, keptGate, keptUp, h, count, i);
    }

    internal static int Forward<T, TKept, TOut>(float* gate, float* up, byte* keptGate, byte* keptUp, byte* h, int count, int i)
        where T : struct, ILanes<T>
        where TKept : struct, IElement
        where TOut : struct, IElement
    {
        for (; i + T.Count <= count; i += T.Count)
        {
            TKept.Store(T.Load(gate + i), keptGate, i);
            TKept.Store(T.Load(up + i), keptUp, i);
            var g = TKept.Load<T>(keptGate, i);
            TOut.Store(g * LaneMath.Sigmoid(g) * TKept.Load<T>(keptUp, i), h, i);
        }

        return i;
    }

    private static void Backward<TKept, TOut>(float* gradient, byte* keptGate, byte* keptUp, byte* gateGradient, byte* upGradient, byte* h, int count)
        where TKept : struct, IElement
        where TOut : struct, IElement
    {
        var i = Vector512.IsHardwareAccelerated
            ? Backward<Lanes512, TKept, TOut>(gradient, keptGate, keptUp, gateGradient, upGradient, h, count, 0)
            : Backward<Lanes256, TKept, TOut>(gradient, keptGate, keptUp, gateGradient, upGradient, h, count, 0);
        Backward<Lanes1, TKept, TOut>(gradient, keptGate, keptUp, gateGradient, upGradient, h, count, i);
    }

    internal static int Backward<T, TKept, TOut>(float* gradient, byte* keptGate, byte* keptUp, byte* gateGradient, byte* upGradient, byte* h, int count, int i)
        where T : struct, ILanes<T>
        where TKept : struct, IElement
        where TOut : struct, IElement
    {
        for (; i + T.Count <= count; i += T.Count)
        {
            var (g, gate, up) = (T.Load(gradient + i), TKept.Load<T>(keptGate, i), TKept.Load<T>(keptUp, i));
            var sigmoid = LaneMath.Sigmoid(gate);
            var silu = gate * sigmoid;
            TOut.Store(g * silu, upGradient, i);
            TOut.Store(g * up * T.MultiplyAdd(silu, T.Create(1) - sigmoid, sigmoid), gateGradient, i);
            TOut.Store(silu * up, h, i);
        }

        return i;
    }
}
