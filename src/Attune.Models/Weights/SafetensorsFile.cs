using Attune.Models.Weights.Safetensors;
using static TorchSharp.torch;

namespace Attune.Models.Weights;

/// <summary>One safetensors file, mapped into memory.</summary>
public sealed class SafetensorsFile : IWeightSource
{
    private readonly MappedFile _file;
    private readonly SafetensorsHeader _header;
    private readonly Dictionary<string, SafetensorsEntry> _entries;

    private SafetensorsFile(MappedFile file, SafetensorsHeader header)
    {
        (_file, _header) = (file, header);
        _entries = header.Entries.ToDictionary(entry => entry.Name);
        Tensors = header.Entries.ToDictionary(
            entry => entry.Name, entry => new TensorInfo(entry.Name, entry.Type.Name, entry.Shape, entry.End - entry.Begin));
    }

    /// <inheritdoc/>
    public string Path => _file.Path;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>Strings of the header's <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Opens a file and checks its whole header.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: not there, or not a valid file.</exception>
    public static SafetensorsFile Open(string path)
    {
        var file = new MappedFile(path);
        try
        {
            return new SafetensorsFile(file, SafetensorsHeader.Read(file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Tensor Load(string name, ScalarType? type = null)
    {
        if (!_entries.TryGetValue(name, out var entry))
            throw new AttuneException(ExitCode.Model, $"{Path}: there is no tensor {name}.");
        return SafetensorsData.Read(_file, _header.DataStart, entry, type);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
