using System.Text.Json.Nodes;
using Attune.Runs.Checkpoints;
using Attune.Runs.Metrics;

namespace Attune.Runs.Tests.Checkpoints;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly RunFolder _folder = new();

    private RunDirectory Run => _folder.Run;

    [Fact]
    public void A_checkpoint_holds_files_state_and_checksums_and_is_pointed_at()
    {
        var saved = Save(Store(), 120, isBest: true);
        Assert.Equal(Path.Combine(Run.Path, "checkpoints", "step-000120"), saved.Path);
        Assert.Equal(["checksums.json", "state.json", "weights"], Directory.GetFiles(saved.Path).Select(Path.GetFileName).Order());
        Assert.Equal(120, (int)saved.ReadState()["step"]!);
        Assert.Equal((saved, saved), (CheckpointReader.BestOf(Run), CheckpointReader.LastOf(Run)));
        saved.Verify();
    }

    [Fact]
    public void The_last_n_and_the_best_are_kept()
    {
        var store = Store(keep: 2);
        for (var step = 1; step <= 6; step++) Save(store, step, isBest: step == 2);
        Assert.Equal([2, 5, 6], Steps());
        Save(store, 7, isBest: true);
        Assert.Equal([6, 7], Steps());
        Assert.Equal((7, 7), (CheckpointReader.BestOf(Run)!.Step, CheckpointReader.LastOf(Run)!.Step));
    }

    [Fact]
    public void A_checkpoint_of_the_same_step_is_replaced()
    {
        var store = Store();
        Save(store, 5, text: "old");
        var saved = Save(store, 5, text: "new");
        Assert.Equal("new", File.ReadAllText(Path.Combine(saved.Path, "weights")));
        Assert.Equal([5], Steps());
        Assert.Single(Directory.GetDirectories(CheckpointReader.FolderOf(Run)));
    }

    [Fact]
    public void A_write_that_breaks_off_leaves_the_old_state()
    {
        var store = Store();
        var old = Save(store, 1, isBest: true);
        Assert.Throws<InvalidOperationException>(() => store.Save(2, true, 0, [], at =>
        {
            File.WriteAllText(Path.Combine(at, "weights"), "half");
            throw new InvalidOperationException();
        }));

        Assert.Equal(old, CheckpointReader.ForUse(Run, Fail));
        Assert.Equal(old, Store().Resume(Fail));
        Assert.Equal([1], Steps());
        Assert.Single(Directory.GetDirectories(CheckpointReader.FolderOf(Run)));
    }

    [Fact]
    public void A_full_disk_is_told_before_anything_is_written()
    {
        Save(Store(), 1);
        var store = new CheckpointStore(Run, 2, _ => 100_000_000);
        var error = Assert.Throws<AttuneException>(() => store.Save(2, false, 200_000_000, [], _ => Assert.Fail("written")));
        Assert.Equal(ExitCode.Environment, error.Code);
        Assert.Equal($"{Run.Path}/checkpoints/step-000002 needs 217 MB and the disk has 100 MB free; nothing was written.", error.Message);
        Assert.Contains($"--resume {Run.Path}", error.Hint);
        Assert.Equal([1], Steps());
    }

    [Fact]
    public void A_disk_that_fills_up_while_writing_is_told_and_tidied()
    {
        var store = Store();
        Save(store, 1);
        var error = Assert.Throws<AttuneException>(() => store.Save(2, false, 0, [], at =>
        {
            File.WriteAllText(Path.Combine(at, "weights"), "half");
            throw new IOException("No space left on device");
        }));
        Assert.Equal(ExitCode.Environment, error.Code);
        Assert.EndsWith("step-000002 cannot be written: No space left on device", error.Message);
        Assert.Equal(["step-000001"], Directory.GetDirectories(CheckpointReader.FolderOf(Run)).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("weights", "")]
    [InlineData("weights", "2x")]
    [InlineData("weights", "longer than it was")]
    [InlineData("weights", null)]
    [InlineData("state.json", null)]
    [InlineData("state.json", "{}")]
    [InlineData("checksums.json", null)]
    [InlineData("checksums.json", "{")]
    [InlineData("checksums.json", "{\"files\":{}}")]
    [InlineData("checksums.json", "{\"files\":{\"weights\":{\"bytes\":2}}}")]
    [InlineData("checksums.json", "{\"files\":{\"../../../recipe.yaml\":{\"bytes\":2,\"xxh128\":\"\"}}}")]
    public void A_damaged_checkpoint_is_named_and_the_one_before_is_taken(string file, string? content)
    {
        var store = Store(keep: 1);
        Save(store, 1, isBest: true);
        var newest = Save(store, 2, text: "02");
        var path = Path.Combine(newest.Path, file);
        File.Delete(path);
        if (content is not null) File.WriteAllText(path, content);

        var error = Assert.Throws<AttuneException>(newest.Verify);
        Assert.Equal(ExitCode.Run, error.Code);
        Assert.StartsWith(path, error.Message);

        var notices = new List<string>();
        Assert.Equal(1, Store(keep: 1).Resume(notices.Add)!.Step);
        Assert.StartsWith($"step-000002 is passed over: {path}", Assert.Single(notices));
        Assert.Equal([1], Steps());
        Save(Store(keep: 1), 2);
        Assert.Equal([1, 2], Steps()); // The damaged one does not take a place.
    }

    [Fact]
    public void A_run_means_its_best_checkpoint_else_its_last_whole_one()
    {
        var store = Store();
        var best = Save(store, 1, isBest: true);
        var last = Save(store, 2);
        Assert.Equal(best, CheckpointReader.ForUse(Run, Fail));

        File.AppendAllText(Path.Combine(best.Path, "weights"), "x");
        var notices = new List<string>();
        Assert.Equal(last, CheckpointReader.ForUse(Run, notices.Add));
        Assert.Contains("weights is damaged", Assert.Single(notices));

        File.Delete(Path.Combine(last.Path, "weights"));
        var error = Assert.Throws<AttuneException>(() => CheckpointReader.ForUse(Run, _ => { }));
        Assert.Equal((ExitCode.Run, $"{Run.Path} holds no undamaged checkpoint."), (error.Code, error.Message));
        Assert.Throws<AttuneException>(() => Store().Resume(_ => { }));
    }

    [Fact]
    public void A_run_without_a_checkpoint_starts_over_and_cannot_be_used()
    {
        Assert.Null(Store().Resume(Fail));
        Assert.Equal($"{Run.Path} holds no checkpoint.", Assert.Throws<AttuneException>(() => CheckpointReader.ForUse(Run, Fail)).Message);
    }

    [Fact]
    public void Pointers_that_a_kill_left_behind_are_set_right_at_resume()
    {
        var store = Store();
        Save(store, 1, isBest: true);
        File.Copy(_folder.At("last.json"), _folder.At("old.json"));
        Save(store, 2, isBest: true);
        File.Copy(_folder.At("old.json"), _folder.At("last.json"), overwrite: true);
        File.WriteAllText(_folder.At("best.json"), "{ half");

        Assert.Equal(2, Store().Resume(Fail)!.Step);
        Assert.Equal((2, 2), (CheckpointReader.BestOf(Run)!.Step, CheckpointReader.LastOf(Run)!.Step));
    }

    [Fact]
    public void A_kill_between_the_two_renames_of_a_replacement_is_healed()
    {
        var saved = Save(Store(), 5);
        Directory.Move(saved.Path, Path.Combine(CheckpointReader.FolderOf(Run), ".step-000005.old"));
        Assert.Equal(saved, Store().Resume(Fail));
    }

    [Fact]
    public void Killed_at_any_moment_a_run_goes_on_from_a_whole_checkpoint()
    {
        const int kills = 8;
        var random = new Random(1);
        var before = 0;
        for (var kill = 0; kill < kills; kill++)
        {
            using (var other = OtherProcess.Start("write", Run.Path))
            {
                // A new checkpoint first, however busy the machine is; then any moment.
                Assert.True(SpinWait.SpinUntil(() => Steps().LastOrDefault() > before, TimeSpan.FromMinutes(1)), "no checkpoint is written");
                Thread.Sleep(random.Next(20, 150));
                other.KillAndWait();
            }

            foreach (var checkpoint in CheckpointReader.All(Run)) checkpoint.Verify();
            var newest = CheckpointReader.All(Run)[^1];
            Assert.Equal(newest.Step, (int)newest.ReadState()["step"]!);
            Assert.True(newest.Step >= before, $"step {newest.Step} after step {before}");
            Assert.InRange(newest.Step - CheckpointReader.LastOf(Run)!.Step, 0, 1);
            Assert.InRange(Steps().Length, 1, 5); // Two last, the best, one not yet pruned, one best not yet pointed at.
            Assert.True(MetricsFile.Read(Run.MetricsPath)[^1].Step >= newest.Step);
            before = newest.Step;
        }

        Assert.True(before >= kills, $"only {before} steps were written");
    }

    public void Dispose() => _folder.Dispose();

    private static void Fail(string notice) => Assert.Fail(notice);

    private static Checkpoint Save(CheckpointStore store, int step, bool isBest = false, string text = "w1") =>
        store.Save(step, isBest, 10, new JsonObject { ["step"] = step }, at => File.WriteAllText(Path.Combine(at, "weights"), text));

    private CheckpointStore Store(int keep = 2) => new(Run, keep);

    private int[] Steps() => [.. CheckpointReader.All(Run).Select(one => one.Step)];
}
