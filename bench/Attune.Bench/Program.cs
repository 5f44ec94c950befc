using Attune.Bench;
using Attune.Models.Native;
using TorchSharp;

TorchLibrary.EnsureFound();
torch.set_num_threads(Environment.ProcessorCount);
foreach (var type in new[] { torch.ScalarType.Float32, torch.ScalarType.BFloat16 })
    Console.WriteLine($"{type}: {ProductPeak.Measure(type) / 1e9:0} GFLOP/s");
