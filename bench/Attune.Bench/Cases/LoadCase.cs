using System.Diagnostics;
using Attune.Bench.Model;
using Attune.Models;
using Attune.Models.Numerics;
using static TorchSharp.torch;

namespace Attune.Bench.Cases;

/// <summary>A model from its files, tokenizer included, for the first time in a process that has torch loaded.</summary>
internal static class LoadCase
{
    public static Measurement? Measure(ScalarType type)
    {
        if (SmolLm2.Folder is not { } folder) return null;
        using var torchIsLoaded = zeros(1);
        var start = Stopwatch.GetTimestamp();
        using var model = LanguageModel.Load(folder, new Precision(type));
        return new Measurement { Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds, Repetitions = 1 };
    }
}
