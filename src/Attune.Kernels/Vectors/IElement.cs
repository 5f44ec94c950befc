namespace Attune.Kernels.Vectors;

/// <summary>Reads and writes elements of one type as fp32 lanes.</summary>
internal unsafe interface IElement
{
    static abstract Memory.ElementType Type { get; }

    static abstract T Load<T>(byte* row, int index)
        where T : struct, ILanes<T>;

    static abstract void Store<T>(T value, byte* row, int index)
        where T : struct, ILanes<T>;
}

/// <summary>fp32 elements.</summary>
internal readonly unsafe struct Float32 : IElement
{
    public static Memory.ElementType Type => Memory.ElementType.Float32;

    public static T Load<T>(byte* row, int index)
        where T : struct, ILanes<T> => T.Load((float*)row + index);

    public static void Store<T>(T value, byte* row, int index)
        where T : struct, ILanes<T> => T.Store(value, (float*)row + index);
}

/// <summary>bf16 elements.</summary>
internal readonly unsafe struct BFloat16 : IElement
{
    public static Memory.ElementType Type => Memory.ElementType.BFloat16;

    public static T Load<T>(byte* row, int index)
        where T : struct, ILanes<T> => T.LoadBFloat16((ushort*)row + index);

    public static void Store<T>(T value, byte* row, int index)
        where T : struct, ILanes<T> => T.StoreBFloat16(value, (ushort*)row + index);
}
