using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Attune.Models.Native;

/// <summary>
/// Finds the torch libraries that the build placed once for the whole checkout (NativeLibraries.targets).
/// Loading is lazy: commands that need no tensor never pay for the 460 MB library.
/// </summary>
public static partial class TorchLibrary
{
    /// <summary>Folder of the placed libraries, or null where the packages' own mechanism applies.</summary>
    public static string? Directory { get; } = FindDirectory();

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Every user of this assembly needs the libraries found, tests and tools included.")]
    internal static void Register()
    {
        if (OperatingSystem.IsLinux()) LetThreadsSleep();
        if (Directory is not null)
            AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) => Resolve(name);
    }

    /// <summary>To be called by programs that may use TorchSharp before any other type of this assembly; cheap, loads nothing.</summary>
    public static void EnsureFound() => RuntimeHelpers.RunModuleConstructor(typeof(TorchLibrary).Module.ModuleHandle);

    // OpenMP's threads spin after every product and take the cores from everybody else: on a busy machine SmolLM2's tests
    // took 11 min 41 s with spinning and 2 min 5 s without. The library reads its environment when it is loaded, and
    // .NET's own copy of the environment does not reach it. A user's own setting wins.
    private static void LetThreadsSleep() => _ = SetEnvironmentVariable("OMP_WAIT_POLICY", "PASSIVE", overwrite: 0);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironmentVariable(string name, string value, int overwrite);

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
