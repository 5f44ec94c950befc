using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Attune.Models.Native;

/// <summary>
/// Finds the torch libraries that the build placed once for the whole checkout (NativeLibraries.targets).
/// Loading is lazy: commands that need no tensor never pay for the 460 MB library.
/// </summary>
public static class TorchLibrary
{
    /// <summary>Folder of the placed libraries, or null where the packages' own mechanism applies.</summary>
    public static string? Directory { get; } = FindDirectory();

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Every user of this assembly needs the libraries found, tests and tools included.")]
    internal static void Register()
    {
        if (Directory is not null)
            AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) => Resolve(name);
    }

    /// <summary>To be called by programs that may use TorchSharp before any other type of this assembly; cheap, loads nothing.</summary>
    public static void EnsureFound() => RuntimeHelpers.RunModuleConstructor(typeof(TorchLibrary).Module.ModuleHandle);

    private static nint Resolve(string name)
    {
        var file = Path.Combine(Directory!, $"lib{name}.so");
        return name is "torch_cpu" or "LibTorchSharp" && File.Exists(file) ? NativeLibrary.Load(file) : 0;
    }

    // artifacts/bin/<project>/<configuration>/ -> artifacts/native/linux-x64; a published tool has native/ beside it.
    private static string? FindDirectory()
    {
        if (!OperatingSystem.IsLinux()) return null;
        string[] candidates = ["native/linux-x64", "../../../native/linux-x64"];
        return candidates
            .Select(candidate => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, candidate)))
            .FirstOrDefault(System.IO.Directory.Exists);
    }
}
