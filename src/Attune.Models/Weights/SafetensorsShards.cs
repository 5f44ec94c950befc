using System.Text.Json;
using static TorchSharp.torch;

namespace Attune.Models.Weights;

/// <summary>Several safetensors files with an index (<c>model.safetensors.index.json</c>: tensor name → file).</summary>
public sealed class SafetensorsShards : IWeightSource
{
    private const int MaxIndexBytes = 100_000_000; // as for a header

    private readonly Dictionary<string, SafetensorsFile> _files = []; // by file name
    private readonly Dictionary<string, SafetensorsFile> _owners = []; // by tensor name

    private SafetensorsShards(string path) => Path = path;

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; private set; } = new Dictionary<string, TensorInfo>();

    /// <summary>Opens the index and every shard it names; shards lie beside it.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: a shard or a tensor the index names is not there.</exception>
    public static SafetensorsShards Open(string indexPath)
    {
        var shards = new SafetensorsShards(indexPath);
        try
        {
            shards.OpenAll(ReadIndex(indexPath));
            return shards;
        }
        catch
        {
            shards.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Tensor Load(string name, ScalarType? type = null) =>
        _owners.TryGetValue(name, out var file)
            ? file.Load(name, type)
            : throw new AttuneException(ExitCode.Model, $"{Path}: there is no tensor {name}.");

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _files.Values) file.Dispose();
    }

    private void OpenAll(Dictionary<string, string> index)
    {
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;
        foreach (var (tensor, fileName) in index)
        {
            // An index must not reach outside its folder.
            if (fileName != System.IO.Path.GetFileName(fileName) || fileName is "" or "." or "..")
                throw new AttuneException(ExitCode.Model, $"{Path}: {tensor} names the file '{fileName}'; expected a name without folders.");
            if (!_files.TryGetValue(fileName, out var file))
            {
                var shard = System.IO.Path.Combine(folder, fileName);
                if (!File.Exists(shard))
                    throw new AttuneException(ExitCode.Model, $"{Path} names the shard {fileName}, which is not there.", "Copy or download all shards.");
                _files[fileName] = file = SafetensorsFile.Open(shard);
            }

            if (!file.Tensors.ContainsKey(tensor))
                throw new AttuneException(ExitCode.Model, $"{Path}: {fileName} does not hold {tensor}, which the index says.", "Index and shards belong to different downloads.");
            _owners[tensor] = file;
        }

        Tensors = _owners.ToDictionary(owner => owner.Key, owner => owner.Value.Tensors[owner.Key]);
    }

    private static Dictionary<string, string> ReadIndex(string path)
    {
        if (!File.Exists(path)) throw new AttuneException(ExitCode.Model, $"There is no file {path}.");
        using var stream = File.OpenRead(path);
        if (stream.Length > MaxIndexBytes) throw new AttuneException(ExitCode.Model, $"{path} is no index of safetensors shards: it is larger than {MaxIndexBytes} bytes.");
        try
        {
            using var document = JsonDocument.Parse(stream);
            return document.RootElement.GetProperty("weight_map").EnumerateObject()
                .ToDictionary(entry => entry.Name, entry => entry.Value.GetString() ?? "");
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw new AttuneException(ExitCode.Model, $"{path} is no index of safetensors shards: expected an object weight_map of tensor name → file name.", inner: exception);
        }
    }
}
