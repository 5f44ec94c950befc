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
        if (OperatingSystem.IsLinux()) SetUpTorch();
        if (Directory is not null)
            AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) => Resolve(name);
    }

    /// <summary>To be called by programs that may use TorchSharp before any other type of this assembly; cheap, loads nothing.</summary>
    public static void EnsureFound() => RuntimeHelpers.RunModuleConstructor(typeof(TorchLibrary).Module.ModuleHandle);

    // The libraries read these when they are loaded; .NET's own copy of the environment does not reach them. A user's own
    // setting wins.
    private static void SetUpTorch()
    {
        // OpenMP's threads spin after every product and take the cores from everybody else: on a busy machine SmolLM2's
        // tests took 11 min 41 s with spinning and 2 min 5 s without.
        _ = SetEnvironmentVariable("OMP_WAIT_POLICY", "PASSIVE", overwrite: 0);

        // oneDNN and torch's layer above it each keep the code of the last 1,024 shapes of bf16 products. Every micro-batch
        // has another number of tokens, so only those of one step, about a hundred, are used again: with the defaults
        // the tiny model's run grew to 624 MB, with these to 354 MB, in the same time.
        _ = SetEnvironmentVariable("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "200", overwrite: 0);
        _ = SetEnvironmentVariable("LRU_CACHE_CAPACITY", "128", overwrite: 0);
        KeepFreedMemory();
    }

    // GNU's C library gives large blocks back to the system as soon as they are free, and the next training step asks for
    // the same gigabytes again: of SmolLM2's step a tenth was page faults, 110,000 of them; now there are some 250. The
    // peak of memory is the same in LoRA and 6 % higher in full fine-tuning.
    private static void KeepFreedMemory()
    {
        const int TrimThreshold = -1, MappedBlocks = -4; // M_TRIM_THRESHOLD and M_MMAP_MAX of malloc.h
        if (!NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "mallopt", out _)) return; // another C library
        _ = SetAllocatorOption(TrimThreshold, -1); // never
        _ = SetAllocatorOption(MappedBlocks, 0);
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetAllocatorOption(int option, int value);

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
