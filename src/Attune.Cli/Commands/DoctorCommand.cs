using System.CommandLine;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Attune.Cli.Terminal;
using Attune.Models.Native;
using Attune.Models.Numerics;
using Spectre.Console;
using TorchSharp;

namespace Attune.Cli.Commands;

/// <summary><c>attune doctor</c>: what this machine has and whether Attune runs on it.</summary>
public static class DoctorCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var command = new Command("doctor", "Shows what this machine has: processor, memory, torch library, disk, versions.");
        command.SetAction(_ => Run());
        return HelpWithExamples.AddTo(command, ("attune doctor", "everything on one page; exit code 9 where something is wrong"));
    }

    private static int Run()
    {
        var healthy = true;
        foreach (var (name, value, ok) in Lines())
        {
            healthy &= ok;
            Screen.Out.MarkupLineInterpolated($"{(ok ? "ok " : "BAD")}  {name,-16} {value}");
        }

        return (int)(healthy ? ExitCode.Success : ExitCode.Environment);
    }

    private static IEnumerable<(string Name, string Value, bool Ok)> Lines()
    {
        var version = typeof(DoctorCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        yield return ("attune", version, true);
        yield return (".NET", $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}", true);
        yield return ("processor", Processor(), true);
        yield return ("memory", $"{Units.Bytes(Machine.Memory)} in all", Machine.Memory > 2_000_000_000);
        var disk = new DriveInfo(Directory.GetCurrentDirectory()).AvailableFreeSpace;
        yield return ("disk", $"{Units.Bytes(disk)} free in the current directory", disk > 2_000_000_000);
        var torch = Torch();
        yield return torch;
        if (!torch.Ok) yield break;
        var speeds = ProductSpeeds.OfThisMachine;
        yield return ("torch products", $"{OnOneThread(speeds.Torch)} (evaluation, generation, plain path)", true);
        yield return ("own kernels", $"{OnOneThread(speeds.Kernels)} (fused path; without the laying out of panels)", true);
        yield return ("compute_type", $"auto is {(speeds.Best == TorchSharp.torch.ScalarType.BFloat16 ? "bfloat16" : "float32")}: {speeds.Reason}", true);
    }

    private static string Processor()
    {
        (string Name, bool Has)[] features =
        [
            ("AVX2", Avx2.IsSupported), ("FMA", Fma.IsSupported), ("AVX-512", Avx512BW.IsSupported && Avx512DQ.IsSupported), ("NEON", AdvSimd.IsSupported),
        ];
        var has = string.Join(", ", features.Where(feature => feature.Has).Select(feature => feature.Name));
        return $"{Environment.ProcessorCount} {(Environment.ProcessorCount == 1 ? "core" : "cores")}, {(has.Length == 0 ? "no vector units that Attune uses" : has)}";
    }

    private static string OnOneThread(TypeSpeeds speeds) => string.Create(CultureInfo.InvariantCulture,
        $"float32 {speeds.Float32 / 1e9:0}, bfloat16 {(speeds.BFloat16 is { } bf16 ? $"{bf16 / 1e9:0}" : "none")} GFLOP/s on one thread");

    private static (string Name, string Value, bool Ok) Torch()
    {
        try
        {
            using var one = torch.ones(2, 2);
            using var product = one.matmul(one);
            var sound = product.sum().ToDouble() == 8;
            var patch = TorchLibrary.Directory is { } folder ? File.ReadAllText(Path.Combine(folder, "placed.txt")).Trim() : "from its packages";
            return ("torch", string.Create(CultureInfo.InvariantCulture, $"libtorch {torch.__version__}; {patch}; {torch.get_num_threads()} threads"), sound);
        }
        catch (Exception exception) when (exception is DllNotFoundException or NotSupportedException or TypeInitializationException)
        {
            return ("torch", $"does not load: {exception.GetBaseException().Message.Split('\n')[0]}", false);
        }
    }
}
