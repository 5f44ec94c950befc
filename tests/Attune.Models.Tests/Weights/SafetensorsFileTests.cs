using System.Buffers.Binary;
using System.Text;
using Attune.Models.Weights;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Weights;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("attune").FullName;

    [Fact]
    public void Every_malformed_file_gets_the_verdict_of_a_careful_reader()
    {
        var (compared, wrong) = MalformedFiles.Judge(Goldens.Path("gguf/malformed-safetensors"), path =>
        {
            using var scope = NewDisposeScope();
            using var file = SafetensorsFile.Open(path);
            foreach (var name in file.Tensors.Keys) file.Load(name);
        });
        Assert.Empty(wrong);
        Assert.Equal(74, compared);
    }

    /// <summary>Values by the definition of each type; E4M3's and E5M2's from the table of Micikevicius et al. 2022.</summary>
    [Fact]
    public void Types_that_torch_lacks_become_wider_ones_that_hold_every_value()
    {
        Assert.Equal([0L, 1, 65535], Integers("U16", ScalarType.Int32, [0, 0, 1, 0, 255, 255]));
        Assert.Equal([0L, 4294967295], Integers("U32", ScalarType.Int64, [0, 0, 0, 0, 255, 255, 255, 255]));
        Assert.Equal([long.MaxValue], Integers("U64", ScalarType.Int64, [255, 255, 255, 255, 255, 255, 255, 127]));
        Assert.Equal([0f, -0f, 0.001953125f, 1f, 448f, -448f, float.NaN, 0.015625f], Floats("F8_E4M3", [0, 0x80, 1, 0x38, 0x7E, 0xFE, 0x7F, 8]));
        Assert.Equal([0f, 1.52587890625e-05f, 1f, 57344f, float.PositiveInfinity, float.NaN, -2f], Floats("F8_E5M2", [0, 1, 0x3C, 0x7B, 0x7C, 0x7D, 0xC0]));
    }

    [Fact]
    public void A_number_of_2_to_63_or_more_is_refused_by_name()
    {
        var path = Write("U64", [1], [0, 0, 0, 0, 0, 0, 0, 128]);
        using var file = SafetensorsFile.Open(path);
        var error = Assert.Throws<AttuneException>(() => file.Load("x"));
        Assert.Equal(ExitCode.Model, error.Code);
        Assert.Equal($"{path}: x holds 9223372036854775808; numbers of 2^63 and more are not read.", error.Message);
    }

    [Fact]
    public void A_bool_that_is_neither_0_nor_1_counts_as_true()
    {
        using var file = SafetensorsFile.Open(Write("BOOL", [3], [0, 1, 200]));
        using var tensor = file.Load("x");
        Assert.Equal([0, 1, 1], tensor.bytes.ToArray());
    }

    [Fact]
    public void A_zero_among_the_dimensions_does_not_hide_a_product_that_overflows()
    {
        var path = Write("U8", [0, 4_000_000_000, 4_000_000_000], []);
        Assert.Contains("larger than any file", Assert.Throws<AttuneException>(() => SafetensorsFile.Open(path)).Message, StringComparison.Ordinal);
    }

    /// <summary>Costs must grow with the file, not with its square: each would take minutes if every number made a message.</summary>
    [Fact]
    public void Long_names_and_shapes_are_refused_quickly()
    {
        Refused(string.Concat(Enumerable.Repeat("1,", 4_000_000)) + "1");
        Refused("1,1", new string('n', 8_000_000));

        void Refused(string shape, string field = "shape")
        {
            var clock = System.Diagnostics.Stopwatch.StartNew();
            var path = WriteHeader("long", $$$"""{"x":{"dtype":"U8","{{{field}}}":[{{{shape}}}],"data_offsets":[0,0]}}""", []);
            Assert.Equal(ExitCode.Model, Assert.Throws<AttuneException>(() => SafetensorsFile.Open(path)).Code);
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");
        }
    }

    [Fact]
    public void Loading_converts_and_outlives_the_file()
    {
        using var scope = NewDisposeScope();
        var values = randn(700, 801); // more than one piece
        var path = Path.Combine(_folder, "x.safetensors");
        SafetensorsWriter.Write(path, [("x", values)]);
        Tensor same, rounded;
        using (var file = SafetensorsFile.Open(path))
        {
            (same, rounded) = (file.Load("x"), file.Load("x", ScalarType.BFloat16));
            Assert.Contains("no tensor y", Assert.Throws<AttuneException>(() => file.Load("y")).Message, StringComparison.Ordinal);
        }

        Assert.Equal(ScalarType.BFloat16, rounded.dtype);
        Assert.True(same.equal(values).all().item<bool>());
        Assert.True(rounded.equal(values.to(ScalarType.BFloat16)).all().item<bool>());
    }

    [Fact]
    public void A_symbolic_link_is_the_file_it_points_to()
    {
        var link = Path.Combine(_folder, "link.safetensors");
        File.CreateSymbolicLink(link, Write("U8", [5], [1, 2, 3, 4, 5]));
        using var file = SafetensorsFile.Open(link);
        using var tensor = file.Load("x");
        Assert.Equal([1, 2, 3, 4, 5], tensor.bytes.ToArray());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private long[] Integers(string type, ScalarType expected, byte[] data)
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(Write(type, [data.Length * 8 / int.Parse(type[1..], System.Globalization.CultureInfo.InvariantCulture)], data));
        var tensor = file.Load("x");
        Assert.Equal(expected, tensor.dtype);
        return tensor.to(ScalarType.Int64).data<long>().ToArray();
    }

    private float[] Floats(string type, byte[] data)
    {
        using var file = SafetensorsFile.Open(Write(type, [data.Length], data));
        using var tensor = file.Load("x");
        return tensor.data<float>().ToArray();
    }

    /// <summary>A file with one tensor x, written by hand.</summary>
    private string Write(string type, long[] shape, byte[] data) =>
        WriteHeader(type, $$$"""{"x":{"dtype":"{{{type}}}","shape":[{{{string.Join(',', shape)}}}],"data_offsets":[0,{{{data.Length}}}]}}""", data);

    private string WriteHeader(string name, string json, byte[] data)
    {
        var path = Path.Combine(_folder, $"{name}.safetensors");
        var header = Encoding.UTF8.GetBytes(json);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        File.WriteAllBytes(path, [.. length, .. header, .. data]);
        return path;
    }
}
