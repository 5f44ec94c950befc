using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Attune.Kernels.Vectors;

/// <summary>16 floats.</summary>
internal readonly unsafe struct Lanes512(Vector512<float> value) : ILanes<Lanes512>
{
    private readonly Vector512<float> _value = value;

    public static int Count => 16;

    public static Lanes512 operator +(Lanes512 left, Lanes512 right) => new(left._value + right._value);

    public static Lanes512 operator -(Lanes512 left, Lanes512 right) => new(left._value - right._value);

    public static Lanes512 operator *(Lanes512 left, Lanes512 right) => new(left._value * right._value);

    public static Lanes512 operator /(Lanes512 left, Lanes512 right) => new(left._value / right._value);

    public static Lanes512 Create(float value) => new(Vector512.Create(value));

    public static Lanes512 Load(float* source) => new(Vector512.Load(source));

    public static Lanes512 LoadBFloat16(ushort* source)
    {
        var wide = Avx512F.IsSupported
            ? Avx512F.ConvertToVector512Int32(Vector256.Load(source)).AsUInt32()
            : Vector512.WidenLower(Vector256.Load(source).ToVector512Unsafe());
        return new((wide << 16).AsSingle());
    }

    public static Lanes512 MultiplyAdd(Lanes512 left, Lanes512 right, Lanes512 addend) =>
        new(Vector512.FusedMultiplyAdd(left._value, right._value, addend._value));

    public static Lanes512 Max(Lanes512 left, Lanes512 right) => new(Vector512.MaxNative(left._value, right._value));

    public static Lanes512 Min(Lanes512 left, Lanes512 right) => new(Vector512.MinNative(left._value, right._value));

    public static Lanes512 First(Lanes512 value, int count, float rest) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle(), value._value, Vector512.Create(rest)));

    public static Lanes512 RoundToInteger(Lanes512 value) => new(Vector512.Round(value._value));

    public static Lanes512 PowerOfTwo(Lanes512 exponent) =>
        new(((Vector512.ConvertToInt32Native(exponent._value) + Vector512.Create(127)) << 23).AsSingle());

    public static float Sum(Lanes512 value) => Vector512.Sum(value._value);

    public static float Largest(Lanes512 value)
    {
        var half = Vector256.MaxNative(value._value.GetLower(), value._value.GetUpper());
        return Lanes256.Largest(new Lanes256(half));
    }

    public static void Store(Lanes512 value, float* target) => value._value.Store(target);

    public static void StoreBFloat16(Lanes512 value, ushort* target)
    {
        var rounded = BFloat16Bits.Of(value._value);
        if (Avx512F.IsSupported) Avx512F.ConvertToVector256UInt16(rounded).Store(target);
        else Vector256.Narrow(rounded.GetLower(), rounded.GetUpper()).Store(target);
    }
}
