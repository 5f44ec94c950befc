using Attune.Models.Weights;
using CsCheck;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Weights;

public sealed class SafetensorsWriterTests : IDisposable
{
    private static readonly ScalarType[] Types =
    [
        ScalarType.Float64, ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Int64,
        ScalarType.Int32, ScalarType.Int16, ScalarType.Int8, ScalarType.Byte, ScalarType.Bool,
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("attune").FullName;

    private string Target => Path.Combine(_folder, "x.safetensors");

    /// <summary>Types, ranks (scalars), sizes (none at all) and names at random; every type comes up in each file.</summary>
    [Fact]
    public void Whatever_is_written_is_read_again()
    {
        var shape = Gen.Long[0, 5].Array[0, 4];
        var files = Gen.Select(shape.Array[Types.Length], Gen.String[1, 12].Where(IsText).Array[Types.Length].Where(names => names.Distinct().Count() == names.Length));
        var written = 0;
        files.Sample(
            (shapes, names) =>
            {
                using var scope = NewDisposeScope();
                var tensors = Types.Select((type, i) => (Name: names[i], Value: randint(0, 100, shapes[i]).sub(type == ScalarType.Byte ? 0 : 50).to(type))).ToArray();
                SafetensorsWriter.Write(Target, tensors);
                using var file = SafetensorsFile.Open(Target);
                Assert.Equal(names.Order(), file.Tensors.Keys.Order());
                foreach (var (name, value) in tensors)
                {
                    var loaded = file.Load(name);
                    Assert.Equal((value.dtype, value.shape.Length), (loaded.dtype, loaded.shape.Length));
                    Assert.Equal(value.shape, loaded.shape);
                    Assert.Equal(value.bytes.ToArray(), loaded.bytes.ToArray());
                    written++;
                }
            },
            iter: 100,
            threads: 1);
        Assert.Equal(100 * Types.Length, written);

        // JSON has no lone surrogates; the key of the metadata names no tensor.
        static bool IsText(string name) => !name.Any(char.IsSurrogate) && name != "__metadata__";
    }

    [Theory]
    [InlineData("gguf/models/llama/hf/model.safetensors")] // metadata
    [InlineData("smollm2/logits.safetensors")] // Int64 and Float32
    [InlineData("gguf/mixtures/outputs.safetensors")]
    [InlineData("adapters/quirks/float16-file/adapter_model.safetensors")]
    public void A_file_of_the_reference_is_written_byte_for_byte(string golden)
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(Goldens.Path(golden));
        SafetensorsWriter.Write(Target, file.Tensors.Keys.Reverse().Select(name => (name, file.Load(name))), file.Metadata.Count > 0 ? file.Metadata : null);
        Assert.True(File.ReadAllBytes(file.Path).AsSpan().SequenceEqual(File.ReadAllBytes(Target)));
    }

    /// <summary>The order in which the reference implementation lays types: that of its list of types, from the last to the first.</summary>
    [Fact]
    public void Types_come_widest_first_then_names()
    {
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(Target, [.. Types.Select(type => (type.ToString(), ones([1], type))), ("A", ones([1], ScalarType.Bool))]);
        using var file = SafetensorsFile.Open(Target);
        Assert.Equal(
            ["Int64", "Float64", "Float32", "Int32", "BFloat16", "Float16", "Int16", "Int8", "Byte", "A", "Bool"],
            file.Tensors.Keys);
        Assert.Equal(0, (new FileInfo(Target).Length - file.Tensors.Values.Sum(tensor => tensor.Bytes)) % 8);
    }

    /// <summary>More than one piece, with a last one that is not full.</summary>
    [Fact]
    public void Floats_are_converted_on_the_way_and_other_types_kept()
    {
        using var scope = NewDisposeScope();
        var (values, counts) = (randn(2100, 2101), arange(5, ScalarType.Int64));
        SafetensorsWriter.Write(Target, [("values", values.t()), ("counts", counts)], floatType: ScalarType.BFloat16);
        using var file = SafetensorsFile.Open(Target);
        Assert.Equal(("BF16", "I64"), (file.Tensors["values"].Type, file.Tensors["counts"].Type));
        Assert.True(file.Load("values").equal(values.t().to(ScalarType.BFloat16)).all().item<bool>());
        Assert.True(file.Load("counts").equal(counts).all().item<bool>());
    }

    [Fact]
    public void Names_that_a_file_cannot_hold_leave_the_old_file_untouched()
    {
        using var scope = NewDisposeScope();
        File.WriteAllText(Target, "old");
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(Target, [("a", ones(1)), ("a", ones(2))]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(Target, [("__metadata__", ones(1))]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(Target, [("a", ones([1], ScalarType.ComplexFloat32))]));
        Assert.Equal("old", File.ReadAllText(Target));
        Assert.Single(Directory.GetFiles(_folder));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
