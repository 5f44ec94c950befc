using System.Text.Json;
using Attune.Bench;
using Attune.Bench.Cases;
using Attune.Models.Native;
using TorchSharp;

// bench/run [--case NAME] [--json]: NAME is a case or the beginning of several names.
// One case is measured here; of several, each in a process of its own, so that its peak memory is its own.
TorchLibrary.EnsureFound();
torch.set_num_threads(Environment.ProcessorCount);
var json = args.Contains("--json");
var named = Array.IndexOf(args, "--case") is >= 0 and var at ? args.ElementAtOrDefault(at + 1) ?? "" : null;
var known = args.Length == (json ? 1 : 0) + (named is null ? 0 : 2);
var cases = BenchCase.All.Where(one => named is null || one.Name.StartsWith(named, StringComparison.Ordinal)).ToArray();
if (!known || cases.Length == 0)
{
    Console.Error.WriteLine($"bench/run [--case NAME] [--json]\nCases: {string.Join(", ", BenchCase.All.Select(one => one.Name))}");
    return 2;
}

var report = new Report(Machine.Describe(), cases is [var single] ? [single.Run()] : [.. cases.Select(CaseProcess.Run)]);
Console.WriteLine(json ? JsonSerializer.Serialize(report, Report.Json) : report.Table());
return 0;
