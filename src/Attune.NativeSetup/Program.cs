using System.Runtime.InteropServices;
using Attune.NativeSetup;

// dotnet Attune.NativeSetup.dll <TorchSharp native folder> <libtorch native folder> <output folder>
// Build step: places the torch libraries once and makes TorchSharp's load on systems with an older libstdc++.

if (args.Length != 3)
{
    Console.Error.WriteLine("usage: Attune.NativeSetup <torchsharp> <libtorch> <output>");
    return 2;
}

var output = Directory.CreateDirectory(args[2]).FullName;

// What a program that does not embed Python needs; the package holds test libraries and Python bindings besides.
string[] torchLibraries = ["libc10.so", "libgomp-98b21ff3.so.1", "libtorch_cpu.so", "libtorch.so"];
foreach (var name in torchLibraries)
    Place(Path.Combine(args[1], name), Path.Combine(output, name));

var binding = Path.Combine(output, "libLibTorchSharp.so");
Place(Path.Combine(args[0], "libLibTorchSharp.so"), binding);
var state = "as it comes";
if (!NativeLibrary.TryLoad(binding, out _))
{
    // The library asks for GLIBCXX_3.4.32 because of one symbol that is never relocated
    // (_ZSt21ios_base_library_initv); a weak need is a warning to the loader instead of an error.
    var image = File.ReadAllBytes(binding);
    if (ElfVersionNeeds.Weaken(image, "GLIBCXX_3.4.32") > 0)
    {
        Replace(binding, temporary => File.WriteAllBytes(temporary, image));
        state = "GLIBCXX_3.4.32 made weak";
    }
}

File.WriteAllText(Path.Combine(output, "placed.txt"), $"TorchSharp: {state}\n");
Console.WriteLine($"torch libraries placed in {output} ({state})");
return 0;

static void Place(string source, string target) => Replace(target, temporary => File.Copy(source, temporary, overwrite: true));

static void Replace(string target, Action<string> write)
{
    var temporary = $"{target}.{Environment.ProcessId}.tmp";
    write(temporary);
    File.Move(temporary, target, overwrite: true);
}
