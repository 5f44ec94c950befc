using static TorchSharp.torch;

namespace Attune.Models.Weights;

/// <summary>One tensor of a weight file.</summary>
/// <param name="Name">Its name in the file (GGUF sources of known architectures: the Hugging Face name).</param>
/// <param name="Type">The format's own name of the element type, for example <c>BF16</c> or <c>Q4_K</c>.</param>
/// <param name="Shape">Row-major, outermost first.</param>
/// <param name="Bytes">Size in the file.</param>
public sealed record TensorInfo(string Name, string Type, IReadOnlyList<long> Shape, long Bytes);

/// <summary>Weights by name: one safetensors file, shards with an index, or a GGUF file.</summary>
public interface IWeightSource : IDisposable
{
    /// <summary>File or folder, for messages.</summary>
    string Path { get; }

    /// <summary>All tensors by name.</summary>
    IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>Loads one tensor as an own copy that outlives the source.</summary>
    /// <param name="name">A name of <see cref="Tensors"/>.</param>
    /// <param name="type">Element type to convert to; null keeps the file's (quantized types become fp32).</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: no such tensor, damaged file.</exception>
    Tensor Load(string name, ScalarType? type = null);
}
