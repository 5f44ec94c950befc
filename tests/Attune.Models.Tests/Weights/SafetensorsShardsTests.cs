using Attune.Models.Weights;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Weights;

public sealed class SafetensorsShardsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("attune").FullName;

    [Fact]
    public void Shards_are_one_source()
    {
        using var shards = SafetensorsShards.Open(Goldens.Path("architectures/sharded-llama/model.safetensors.index.json"));
        var files = Directory.GetFiles(Goldens.Path("architectures/sharded-llama"), "model-*.safetensors");
        var compared = 0;
        foreach (var path in files)
        {
            using var scope = NewDisposeScope();
            using var file = SafetensorsFile.Open(path);
            foreach (var (name, info) in file.Tensors)
            {
                Assert.Equal(info.Shape, shards.Tensors[name].Shape);
                Assert.True(file.Load(name).equal(shards.Load(name)).all().item<bool>());
                compared++;
            }
        }

        Assert.Equal(3, files.Length);
        Assert.Equal(shards.Tensors.Count, compared);
    }

    [Theory]
    [InlineData("""{"weight_map": {"x": "a.safetensors", "y": "gone.safetensors"}}""", "names the shard gone.safetensors, which is not there")]
    [InlineData("""{"weight_map": {"x": "a.safetensors", "z": "a.safetensors"}}""", "a.safetensors does not hold z, which the index says")]
    [InlineData("""{"weight_map": {"x": "../a.safetensors"}}""", "expected a name without folders")]
    [InlineData("""{"weight_map": {"x": "/etc/passwd"}}""", "expected a name without folders")]
    [InlineData("""{"weight_map": {"x": ".."}}""", "expected a name without folders")]
    [InlineData("""{"weight_map": {"x": null}}""", "expected a name without folders")]
    [InlineData("""{"weight_map": {"x": 3}}""", "is no index of safetensors shards")]
    [InlineData("""{"weight_map": {"x": "a.safetensors", "x": "a.safetensors"}}""", "is no index of safetensors shards")]
    [InlineData("""{"weight_map": []}""", "is no index of safetensors shards")]
    [InlineData("""{"metadata": {}}""", "is no index of safetensors shards")]
    [InlineData("[", "is no index of safetensors shards")]
    [InlineData("", "is no index of safetensors shards")]
    public void A_wrong_index_is_refused(string index, string message)
    {
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(Path.Combine(_folder, "a.safetensors"), [("x", ones(1))]);
        var path = Path.Combine(_folder, "model.safetensors.index.json");
        File.WriteAllText(path, index);
        var error = Assert.Throws<AttuneException>(() => SafetensorsShards.Open(path));
        Assert.Equal(ExitCode.Model, error.Code);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
