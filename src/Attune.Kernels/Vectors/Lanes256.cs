using System.Runtime.Intrinsics;

namespace Attune.Kernels.Vectors;

/// <summary>8 floats.</summary>
internal readonly unsafe struct Lanes256(Vector256<float> value) : ILanes<Lanes256>
{
    private readonly Vector256<float> _value = value;

    public static int Count => 8;

    public static Lanes256 operator +(Lanes256 left, Lanes256 right) => new(left._value + right._value);

    public static Lanes256 operator -(Lanes256 left, Lanes256 right) => new(left._value - right._value);

    public static Lanes256 operator *(Lanes256 left, Lanes256 right) => new(left._value * right._value);

    public static Lanes256 operator /(Lanes256 left, Lanes256 right) => new(left._value / right._value);

    public static Lanes256 Create(float value) => new(Vector256.Create(value));

    public static Lanes256 Load(float* source) => new(Vector256.Load(source));

    public static Lanes256 LoadBFloat16(ushort* source)
    {
        var half = Vector128.Load(source);
        return new((Vector256.Create(Vector128.WidenLower(half), Vector128.WidenUpper(half)) << 16).AsSingle());
    }

    public static Lanes256 MultiplyAdd(Lanes256 left, Lanes256 right, Lanes256 addend) =>
        new(Vector256.FusedMultiplyAdd(left._value, right._value, addend._value));

    public static Lanes256 Max(Lanes256 left, Lanes256 right) => new(Vector256.MaxNative(left._value, right._value));

    public static Lanes256 Min(Lanes256 left, Lanes256 right) => new(Vector256.MinNative(left._value, right._value));

    public static Lanes256 First(Lanes256 value, int count, float rest) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count)).AsSingle(), value._value, Vector256.Create(rest)));

    public static Lanes256 RoundToInteger(Lanes256 value) => new(Vector256.Round(value._value));

    public static Lanes256 PowerOfTwo(Lanes256 exponent) =>
        new(((Vector256.ConvertToInt32Native(exponent._value) + Vector256.Create(127)) << 23).AsSingle());

    public static float Sum(Lanes256 value) => Vector256.Sum(value._value);

    public static float Largest(Lanes256 value)
    {
        var four = Vector128.MaxNative(value._value.GetLower(), value._value.GetUpper());
        var two = Vector128.MaxNative(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 2, 3)));
        return Vector128.MaxNative(two, Vector128.Shuffle(two, Vector128.Create(1, 1, 1, 1))).ToScalar();
    }

    public static void Store(Lanes256 value, float* target) => value._value.Store(target);

    public static void StoreBFloat16(Lanes256 value, ushort* target)
    {
        var rounded = BFloat16Bits.Of(value._value);
        Vector128.Narrow(rounded.GetLower(), rounded.GetUpper()).Store(target);
    }
}
