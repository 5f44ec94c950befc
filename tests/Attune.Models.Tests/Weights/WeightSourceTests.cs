using Attune.Models.Weights;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Weights;

public sealed class WeightSourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("attune").FullName;

    [Fact]
    public void A_folder_gives_its_safetensors_before_shards_before_its_gguf()
    {
        using var scope = NewDisposeScope();
        CopyGguf("a.gguf");
        Assert.Equal("a.gguf", Opened(_folder));
        SafetensorsWriter.Write(InFolder("model-1.safetensors"), [("x", ones(1))]);
        File.WriteAllText(InFolder("model.safetensors.index.json"), """{"weight_map": {"x": "model-1.safetensors"}}""");
        Assert.Equal("model.safetensors.index.json", Opened(_folder));
        SafetensorsWriter.Write(InFolder("model.safetensors"), [("x", ones(1))]);
        Assert.Equal("model.safetensors", Opened(_folder));
    }

    [Theory]
    [InlineData("a.gguf")]
    [InlineData("model-1.safetensors")]
    [InlineData("model.safetensors.index.json")]
    public void A_file_is_opened_by_what_it_is(string name)
    {
        using var scope = NewDisposeScope();
        CopyGguf("a.gguf");
        SafetensorsWriter.Write(InFolder("model-1.safetensors"), [("x", ones(1))]);
        File.WriteAllText(InFolder("model.safetensors.index.json"), """{"weight_map": {"x": "model-1.safetensors"}}""");
        Assert.Equal(name, Opened(InFolder(name)));
    }

    [Fact]
    public void What_holds_no_weights_is_refused_with_what_was_expected()
    {
        Refused(InFolder("gone"), "There is no model");
        Refused(_folder, "holds no weights: expected model.safetensors, model.safetensors.index.json with its shards, or one .gguf file");
        File.WriteAllText(InFolder("pytorch_model.bin"), "x");
        Refused(InFolder("pytorch_model.bin"), "expected .safetensors, an index of shards (.json), or .gguf");
        CopyGguf("a.gguf");
        CopyGguf("b.gguf");
        Assert.Equal("Name one of them: a.gguf, b.gguf.", Refused(_folder, "holds 2 GGUF files and no safetensors").Hint);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static AttuneException Refused(string path, string message)
    {
        var error = Assert.Throws<AttuneException>(() => WeightSource.Open(path));
        Assert.Equal(ExitCode.Model, error.Code);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        return error;
    }

    private static string Opened(string path)
    {
        using var source = WeightSource.Open(path);
        Assert.NotEmpty(source.Tensors);
        return Path.GetFileName(source.Path);
    }

    private string InFolder(string name) => Path.Combine(_folder, name);

    private void CopyGguf(string name) => File.Copy(Goldens.Path("gguf/malformed/valid-tiny-llama.gguf"), InFolder(name));
}
