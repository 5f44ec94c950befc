namespace Attune.Kernels.Vectors;

/// <summary>
/// So many floats side by side. Kernels are written once over it: <see cref="Lanes512"/> or <see cref="Lanes256"/> for the
/// bulk of a row, whichever the processor has, and <see cref="Lanes1"/> for its tail.
/// </summary>
internal unsafe interface ILanes<T>
    where T : struct, ILanes<T>
{
    static abstract int Count { get; }

    static abstract T operator +(T left, T right);

    static abstract T operator -(T left, T right);

    static abstract T operator *(T left, T right);

    static abstract T operator /(T left, T right);

    /// <summary>The same number in every lane.</summary>
    static abstract T Create(float value);

    static abstract T Load(float* source);

    /// <summary>bf16 widened to fp32.</summary>
    static abstract T LoadBFloat16(ushort* source);

    /// <summary>left × right + addend, rounded once.</summary>
    static abstract T MultiplyAdd(T left, T right, T addend);

    /// <summary>The larger; where right is NaN, NaN; where left is, NaN or right.</summary>
    static abstract T Max(T left, T right);

    /// <summary>The smaller; where right is NaN, NaN; where left is, NaN or right.</summary>
    static abstract T Min(T left, T right);

    /// <summary>The first lanes, and another number in the rest.</summary>
    static abstract T First(T value, int count, float rest);

    static abstract T RoundToInteger(T value);

    /// <summary>2ⁿ for whole n in −126 … 127.</summary>
    static abstract T PowerOfTwo(T exponent);

    static abstract float Sum(T value);

    static abstract float Largest(T value);

    static abstract void Store(T value, float* target);

    /// <summary>Rounded to nearest even.</summary>
    static abstract void StoreBFloat16(T value, ushort* target);
}
