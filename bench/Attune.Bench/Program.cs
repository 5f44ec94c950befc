using System.Text.Json;
using Attune.Bench;
using Attune.Bench.Cases;
using Attune.Bench.Nano;
using Attune.Models.Native;
using TorchSharp;

// bench/run or bench/training [--case NAME] [--json]: NAME is a case or the beginning of several names.
// bench/nano MODEL RUN [--json] is a comparison of its own.
// One case is measured here; of several, each in a process of its own, so that its peak memory is its own.
TorchLibrary.EnsureFound();
torch.set_num_threads(Environment.ProcessorCount);
if (args.FirstOrDefault() == "nano") return NanoBench.Run(args[1..]);
var isTraining = args.FirstOrDefault() == "training";
var words = args[(isTraining ? 1 : 0)..];
var json = words.Contains("--json");
var named = Array.IndexOf(words, "--case") is >= 0 and var at ? words.ElementAtOrDefault(at + 1) ?? "" : null;
var known = words.Length == (json ? 1 : 0) + (named is null ? 0 : 2);
var all = isTraining ? CaseLists.Training() : CaseLists.Everything();
var cases = all.Where(one => named is null || one.Name.StartsWith(named, StringComparison.Ordinal)).ToArray();
if (!known || cases.Length == 0)
{
    if (cases.Length == 0) Console.Error.WriteLine($"There is no case '{named}'.");
    Console.Error.WriteLine($"bench/{(isTraining ? "training" : "run")} [--case NAME] [--json]\nCases: {string.Join(", ", all.Select(one => one.Name))}");
    return 2;
}

string[] list = isTraining ? ["training"] : [];
var report = new Report(Machine.Describe(), cases is [var single] ? [single.Run()] : [.. cases.Select(one => CaseProcess.Run(one, list))]);
if (!json) Console.WriteLine($"{report.Table()}\n");
Console.WriteLine(JsonSerializer.Serialize(report, Report.Json));
return 0;
