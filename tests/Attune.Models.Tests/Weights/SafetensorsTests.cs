using System.Text.Json.Nodes;
using Attune.Models.Weights;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Weights;

public sealed class SafetensorsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("attune").FullName;

    [Fact]
    public void Every_malformed_file_gets_the_verdict_of_a_careful_reader()
    {
        var folder = Goldens.Path("gguf/malformed-safetensors");
        var wrong = new List<string>();
        var compared = 0;
        foreach (var line in File.ReadLines(Path.Combine(folder, "index.jsonl")))
        {
            var item = JsonNode.Parse(line)!;
            var (file, expected) = ((string)item["file"]!, (string)item["a_careful_reader"]!);
            var verdict = Verdict(Path.Combine(folder, file));
            if (expected != "either" && verdict != expected) wrong.Add($"{file}: {verdict}, expected {expected}");
            compared++;
        }

        Assert.Empty(wrong);
        Assert.True(compared >= 74, $"only {compared} files");
    }

    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.Int32)]
    [InlineData(ScalarType.Int16)]
    [InlineData(ScalarType.Int8)]
    [InlineData(ScalarType.Byte)]
    [InlineData(ScalarType.Bool)]
    public void What_is_written_is_read_again(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(_folder, "x.safetensors");
        var matrix = arange(-3, 3, type == ScalarType.Bool ? ScalarType.Int32 : ScalarType.Float32).reshape(2, 3).to(type);
        var scalar = ones([], type);
        var nothing = zeros([3, 0], type);
        SafetensorsWriter.Write(path, [("m", matrix.t()), ("a.scalar", scalar), ("nothing", nothing)], new Dictionary<string, string> { ["format"] = "pt" });

        using var file = SafetensorsFile.Open(path);
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal([3L, 2L], file.Tensors["m"].Shape);
        Assert.True(file.Load("m").equal(matrix.t()).all().item<bool>());
        Assert.True(file.Load("a.scalar").equal(scalar).all().item<bool>());
        Assert.Equal([3L, 0L], file.Load("nothing").shape);
    }

    private static string Verdict(string path)
    {
        try
        {
            using var scope = NewDisposeScope();
            using var file = SafetensorsFile.Open(path);
            foreach (var name in file.Tensors.Keys) file.Load(name);
            return "accept";
        }
        catch (AttuneException exception) when (exception.Code == ExitCode.Model)
        {
            return "reject";
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
