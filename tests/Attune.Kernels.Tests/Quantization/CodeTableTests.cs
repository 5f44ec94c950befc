using Attune.Kernels.Quantization;

namespace Attune.Kernels.Tests.Quantization;

public class CodeTableTests
{
    [Fact]
    public void Tables_equal_the_reference_bit_for_bit()
    {
        var tables = new GoldenTensors(Goldens.Path("quantization/code_tables.safetensors"));
        Assert.Equal(tables.Floats("nf4"), Nf4Codes.Values.ToArray());
        Assert.Equal(tables.Floats("dynamic_signed"), DynamicMap.Signed.Values.ToArray());
        Assert.Equal(tables.Floats("dynamic_unsigned"), DynamicMap.Unsigned.Values.ToArray());
    }

    [Fact]
    public void Bounds_equal_the_reference_and_belong_to_the_lower_code()
    {
        using var document = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Goldens.Path("quantization/code_tables.json")));
        var bounds = document.RootElement.GetProperty("nf4").GetProperty("decision_bounds").EnumerateArray().Select(bound => bound.GetSingle()).ToArray();
        Assert.Equal(bounds, Nf4Codes.Bounds.ToArray());
        for (var code = 0; code < bounds.Length; code++)
        {
            Assert.Equal(code, Nf4Codes.Of(bounds[code]));
            Assert.Equal(code + 1, Nf4Codes.Of(MathF.BitIncrement(bounds[code])));
        }
    }

    [Fact]
    public void Zero_is_a_value_of_every_table()
    {
        Assert.Equal(0, Nf4Codes.Values[Nf4Codes.Zero]);
        Assert.Equal(127, DynamicMap.Signed.Values.IndexOf(0f));
        Assert.Equal(0, DynamicMap.Unsigned.Values.IndexOf(0f));
    }
}
