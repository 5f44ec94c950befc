using System.Runtime.CompilerServices;

namespace Attune.Testing;

/// <summary>Compiled into every test assembly that uses torch: a test may touch TorchSharp before Attune.Models.</summary>
internal static class TorchInitializer
{
    [ModuleInitializer]
    internal static void Initialize() => Models.Native.TorchLibrary.EnsureFound();
}
