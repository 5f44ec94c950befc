namespace Attune.Kernels.Vectors;

/// <summary>One float.</summary>
internal readonly unsafe struct Lanes1(float value) : ILanes<Lanes1>
{
    private readonly float _value = value;

    public static int Count => 1;

    public static Lanes1 operator +(Lanes1 left, Lanes1 right) => new(left._value + right._value);

    public static Lanes1 operator -(Lanes1 left, Lanes1 right) => new(left._value - right._value);

    public static Lanes1 operator *(Lanes1 left, Lanes1 right) => new(left._value * right._value);

    public static Lanes1 operator /(Lanes1 left, Lanes1 right) => new(left._value / right._value);

    public static Lanes1 Create(float value) => new(value);

    public static Lanes1 Load(float* source) => new(*source);

    public static Lanes1 LoadBFloat16(ushort* source) => new(BFloat16Bits.Widen(*source));

    public static Lanes1 MultiplyAdd(Lanes1 left, Lanes1 right, Lanes1 addend) =>
        new(MathF.FusedMultiplyAdd(left._value, right._value, addend._value));

    public static Lanes1 Max(Lanes1 left, Lanes1 right) => new(MathF.Max(left._value, right._value));

    public static Lanes1 Min(Lanes1 left, Lanes1 right) => new(MathF.Min(left._value, right._value));

    public static Lanes1 First(Lanes1 value, int count, float rest) => count > 0 ? value : new(rest);

    public static Lanes1 RoundToInteger(Lanes1 value) => new(MathF.Round(value._value));

    public static Lanes1 PowerOfTwo(Lanes1 exponent) => new(BitConverter.Int32BitsToSingle(((int)exponent._value + 127) << 23));

    public static float Sum(Lanes1 value) => value._value;

    public static float Largest(Lanes1 value) => value._value;

    public static void Store(Lanes1 value, float* target) => *target = value._value;

    public static void StoreBFloat16(Lanes1 value, ushort* target) => *target = BFloat16Bits.Of(value._value);
}
