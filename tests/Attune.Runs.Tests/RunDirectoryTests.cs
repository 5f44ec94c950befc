using System.Text.Json.Nodes;

namespace Attune.Runs.Tests;

public sealed class RunDirectoryTests : IDisposable
{
    private static readonly RunFolder.FixedClock Clock = new();
    private readonly string _output = Directory.CreateTempSubdirectory("attune").FullName;

    [Fact]
    public void A_run_is_named_by_time_and_recipe_and_holds_its_recipe()
    {
        var run = RunDirectory.Create(Path.Combine(_output, "new", "runs"), "support-lora", "name: x\n", Clock);
        Assert.Equal("2026-11-23-1432-support-lora", run.Name);
        Assert.Equal("name: x\n", File.ReadAllText(run.RecipePath));
        Assert.Equal(run.Name, RunDirectory.Open(run.Path + "/").Name);
    }

    [Theory]
    [InlineData("../../etc/passwd", "etc-passwd")]
    [InlineData("Größe 1: a_b", "gr-e-1-a-b")]
    [InlineData("...", "run")]
    [InlineData("", "run")]
    public void A_name_never_leaves_the_folder(string name, string expected) =>
        Assert.Equal("2026-11-23-1432-" + expected, RunDirectory.Create(_output, name, "", Clock).Name);

    [Fact]
    public void Names_never_collide_also_when_made_at_the_same_time()
    {
        var runs = new RunDirectory[40];
        Parallel.For(0, runs.Length, i => runs[i] = RunDirectory.Create(_output, "same", $"number: {i}\n", Clock));

        Assert.Equal(runs.Length, runs.Select(run => run.Name).Distinct().Count());
        Assert.Contains("2026-11-23-1432-same", runs.Select(run => run.Name));
        Assert.Contains("2026-11-23-1432-same-40", runs.Select(run => run.Name));
        for (var i = 0; i < runs.Length; i++) Assert.Equal($"number: {i}\n", File.ReadAllText(runs[i].RecipePath));
        Assert.Equal(runs.Length, Directory.GetFileSystemEntries(_output).Length);
    }

    [Fact]
    public void A_file_in_the_way_of_the_output_folder_is_told()
    {
        var file = Path.Combine(_output, "file");
        File.WriteAllText(file, "");
        var error = Assert.Throws<AttuneException>(() => RunDirectory.Create(file, "x", "", Clock));
        Assert.Equal(ExitCode.Environment, error.Code);
        Assert.StartsWith($"No run directory can be made in {file}: ", error.Message);
    }

    [Fact]
    public void A_folder_without_the_right_to_write_is_told()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/sys, where not even the superuser may make folders, is Linux's.");
        var error = Assert.Throws<AttuneException>(() => RunDirectory.Create("/sys", "x", "", Clock));
        Assert.Equal(ExitCode.Environment, error.Code);
        Assert.StartsWith("No run directory can be made in /sys: ", error.Message);
    }

    [Fact]
    public void What_is_no_run_is_told()
    {
        var run = RunDirectory.Create(_output, "tiny", "", Clock);
        Assert.Equal($"There is no run {_output}/2026-11-23-1432-tny; did you mean {run.Name}?", Opening("2026-11-23-1432-tny"));
        Assert.Equal($"There is no run {_output}/nothing/like/it.", Opening("nothing/like/it"));

        File.Delete(run.RecipePath);
        Assert.Equal($"{run.Path} is not a run directory, or it is damaged: it holds no recipe.yaml.", Opening(run.Name));
        File.WriteAllText(Path.Combine(_output, "file"), "");
        Assert.Equal($"{_output}/file is a file; expected a run directory.", Opening("file"));

        string Opening(string name)
        {
            var error = Assert.Throws<AttuneException>(() => RunDirectory.Open(Path.Combine(_output, name)));
            Assert.Equal(ExitCode.Run, error.Code);
            return error.Message;
        }
    }

    [Fact]
    public void The_end_is_added_to_the_plan()
    {
        var run = RunDirectory.Create(_output, "x", "", Clock);
        run.WritePlan(new JsonObject { ["steps"] = 12 });
        run.WriteEnd(RunEnd.Failed, new JsonObject { ["steps"] = 3 }, "NaN");
        var plan = JsonFile.Read(run.PlanPath);
        Assert.Equal("""{"steps":12,"ended":"failed","error":"NaN","actual":{"steps":3}}""", plan.ToJsonString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"a\":")]
    public void A_damaged_json_file_is_told(string text)
    {
        var path = Path.Combine(_output, "x.json");
        File.WriteAllText(path, text);
        var error = Assert.Throws<AttuneException>(() => JsonFile.Read(path));
        Assert.Equal(ExitCode.Run, error.Code);
        Assert.StartsWith($"{path} is damaged: ", error.Message);
    }

    public void Dispose() => Directory.Delete(_output, recursive: true);
}
