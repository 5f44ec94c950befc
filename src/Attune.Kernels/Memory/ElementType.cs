namespace Attune.Kernels.Memory;

/// <summary>How a number lies in memory.</summary>
public enum ElementType
{
    /// <summary>32-bit floating point.</summary>
    Float32,

    /// <summary>bfloat16: the upper half of a 32-bit float, rounded to nearest even.</summary>
    BFloat16,
}

/// <summary>Sizes of element types.</summary>
public static class ElementTypes
{
    /// <summary>Bytes of one element.</summary>
    public static int Size(this ElementType type) => type == ElementType.Float32 ? 4 : 2;
}
